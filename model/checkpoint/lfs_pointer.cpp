#include "model/checkpoint/lfs_pointer.h"

#include <string_view>

#include "model/core/error.h"

namespace gatescope {

void refuse_lfs_pointer(std::span<const std::byte> file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (!text.starts_with("version https://git-lfs")) return;
    throw Failure(FailureKind::kBadFile, "is a Git LFS pointer without the weights", {},
                  "fetch the file itself with git lfs pull");
}

}  // namespace gatescope
