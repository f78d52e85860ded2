#include "model/core/scratch_folder.h"

#include <cstdlib>
#include <system_error>

#include "model/core/error.h"

namespace gatescope {

ScratchFolder::ScratchFolder(const std::string& purpose) {
    std::string name = (std::filesystem::temp_directory_path() / ("gatescope-" + purpose + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) throw Failure(FailureKind::kOutput, "no temporary folder can be made", name);
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace gatescope
