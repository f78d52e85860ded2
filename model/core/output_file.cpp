#include "model/core/output_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

Failure refused(const fs::path& path, const std::string& doing, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    return {FailureKind::kOutput, doing + ": " + std::strerror(number), path.string(),
            full ? "free some space or choose another place" : ""};
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Failure taken(const fs::path& path) {
    return {FailureKind::kUsage, "exists already", path.string(), "give --force to overwrite it"};
}

}  // namespace

void check_output_target(const fs::path& path, bool overwrite) {
    const std::string name = path.string();
    if (!path.has_filename()) throw Failure(FailureKind::kUsage, "is no file name", name, "name the file to write");
    if (path.filename().string().size() + std::strlen(".partial") > 255)
        throw Failure(FailureKind::kUsage, "the file name is too long", name);
    const fs::path folder = folder_of(path);
    struct stat found = {};
    if (stat(folder.c_str(), &found) != 0)
        throw Failure(FailureKind::kOutput, std::string("its folder can't be used: ") + std::strerror(errno), name,
                      "make the folder first");
    if (!S_ISDIR(found.st_mode))
        throw Failure(FailureKind::kOutput, "its folder is not a folder", name, "name a file inside a folder");
    if (stat(path.c_str(), &found) == 0) {
        if (S_ISDIR(found.st_mode)) throw Failure(FailureKind::kOutput, "is a folder", name, "name a file inside it");
        if (!S_ISREG(found.st_mode)) throw Failure(FailureKind::kOutput, "is not a regular file", name);
        if (!overwrite) throw taken(path);
    } else if (errno != ENOENT) {
        throw refused(path, "can't be used", errno);
    }
    if (access(folder.c_str(), W_OK | X_OK) != 0) throw refused(path, "its folder is not writable", errno);
}

OutputFile::OutputFile(fs::path path, bool overwrite)
    : path_(std::move(path)), partial_(path_.string() + ".partial"), overwrite_(overwrite) {
    check_output_target(path_, overwrite_);
    take();
}

// The lock keeps two runs with one target from mixing their bytes. A run that waited for the file may have opened it
// just before the other renamed it: then the name means another file, and we start over.
void OutputFile::take() {
    for (;;) {
        file_ = open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (file_ < 0) throw refused(partial_, "can't be created", errno);
        struct stat ours = {}, named = {};
        const bool regular = fstat(file_, &ours) == 0 && S_ISREG(ours.st_mode);
        const int refusal = !regular ? EINVAL : flock(file_, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
        if (refusal != 0) {
            close(file_);
            file_ = -1;
            if (!regular) throw Failure(FailureKind::kOutput, "is not a regular file", partial_.string());
            if (refusal != EWOULDBLOCK) throw refused(partial_, "can't be locked", refusal);
            throw OutputBusy(FailureKind::kOutput, "another run is writing it", partial_.string());
        }
        if (stat(partial_.c_str(), &named) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev) break;
        close(file_);
    }
    if (ftruncate(file_, 0) != 0) throw refused(partial_, "can't be emptied", errno);
}

OutputFile::~OutputFile() {
    if (file_ < 0) return;
    unlink(partial_.c_str());
    close(file_);
}

void OutputFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t{1} << 30));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw refused(path_, "can't be written", errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void OutputFile::publish() {
    if (fsync(file_) != 0) throw refused(path_, "can't be written", errno);
    const unsigned int flags = overwrite_ ? 0 : RENAME_NOREPLACE;
    int status = renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, path_.c_str(), flags);
    if (status != 0 && errno == EINVAL)  // a file system without RENAME_NOREPLACE
        status = access(path_.c_str(), F_OK) == 0 ? (errno = EEXIST, -1) : rename(partial_.c_str(), path_.c_str());
    if (status != 0) throw errno == EEXIST ? taken(path_) : refused(path_, "can't be renamed into place", errno);
    close(file_);
    file_ = -1;
    // Best effort: the file is whole and in place; only a power cut right now could undo the rename.
    if (const int folder = open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
        fsync(folder);
        close(folder);
    }
}

void write_output_file(const fs::path& path, std::string_view bytes, bool overwrite) {
    OutputFile file(path, overwrite);
    file.write(std::as_bytes(std::span(bytes)));
    file.publish();
}

}  // namespace gatescope
