#include "app/engine/runs/folder_sync.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

void sync_one(const fs::path& path, int flags) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (file < 0) throw_output(path, "can't be opened", errno);
    const int status = ::fsync(file);
    const int number = errno;
    ::close(file);
    if (status != 0) throw_output(path, "can't be synced", number);
}

}  // namespace

void throw_output(const fs::path& path, const char* doing, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    throw Failure(FailureKind::kOutput, std::string(doing) + ": " + std::strerror(number), path.string(),
                  full ? "free some space or choose another place" : "");
}

void sync_folder(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->is_regular_file()) sync_one(entry->path(), 0);
    if (error) throw_output(folder, "can't be listed", error.value());
    sync_one(folder, O_DIRECTORY);
}

void swap_in_folder(const fs::path& from, const fs::path& to) {
    int status = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE);
    // Nothing there to exchange with, or a file system that can't.
    if (status != 0 && (errno == ENOENT || errno == EINVAL)) {
        const fs::path aside = to.string() + kSwapped;
        const bool both = fs::exists(to);
        if (both && ::rename(to.c_str(), aside.c_str()) != 0) throw_output(to, "can't be renamed", errno);
        status = ::rename(from.c_str(), to.c_str());
        if (both) (void)::rename(aside.c_str(), (status == 0 ? from : to).c_str());
    }
    if (status != 0) throw_output(to, "can't be renamed into place", errno);
    sync_one(to.parent_path().empty() ? fs::path(".") : to.parent_path(), O_DIRECTORY);
}

}  // namespace gatescope
