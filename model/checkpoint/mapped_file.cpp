#include "model/checkpoint/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

std::string system_words(int error) {
    return std::generic_category().message(error);
}

// Opens without blocking, so that a pipe is refused below instead of waited for.
int open_for_reading(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) return descriptor;
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) throw_no_such_file(path);
    throw Failure(FailureKind::kResource, "can't be opened: " + system_words(error), path.string());
}

struct stat checked_status(int descriptor, const std::filesystem::path& path) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        throw Failure(FailureKind::kResource, "can't be looked at: " + system_words(errno), path.string());
    if (S_ISDIR(status.st_mode)) throw Failure(FailureKind::kUnsupported, "is a folder, not a file", path.string());
    if (!S_ISREG(status.st_mode)) throw Failure(FailureKind::kUnsupported, "is not a regular file", path.string());
    if (status.st_size == 0) throw Failure(FailureKind::kBadFile, "is empty", path.string());
    return status;
}

std::span<const std::byte> map(int descriptor, std::size_t size, const std::filesystem::path& path) {
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address == MAP_FAILED)
        throw Failure(FailureKind::kResource, "can't be mapped: " + system_words(errno), path.string());
    ::madvise(address, size, MADV_SEQUENTIAL);
    return {static_cast<const std::byte*>(address), size};
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path), descriptor_(open_for_reading(path)) {
    try {
        const struct stat status = checked_status(descriptor_, path_);
        modified_s_ = status.st_mtim.tv_sec;
        modified_ns_ = status.st_mtim.tv_nsec;
        bytes_ = map(descriptor_, static_cast<std::size_t>(status.st_size), path_);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

MappedFile::~MappedFile() {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    ::close(descriptor_);
}

void MappedFile::require_unchanged() const {
    struct stat status {};
    const bool known = ::fstat(descriptor_, &status) == 0;
    if (!known || static_cast<std::size_t>(status.st_size) < bytes_.size())
        throw Failure(FailureKind::kBadFile, "was cut short while it was open", path_.string(), "open it again");
    if (status.st_mtim.tv_sec != modified_s_ || status.st_mtim.tv_nsec != modified_ns_)
        throw Failure(FailureKind::kBadFile, "was written to while it was open", path_.string(), "open it again");
}

void MappedFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    require_unchanged();
    while (!out.empty()) {
        const ssize_t count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw Failure(FailureKind::kResource, "can't be read: " + system_words(errno), path_.string());
        if (count == 0)
            throw Failure(FailureKind::kBadFile, "was cut short while it was open", path_.string(), "open it again");
        offset += static_cast<std::uint64_t>(count);
        out = out.subspan(static_cast<std::size_t>(count));
    }
}

void MappedFile::release(std::uint64_t offset, std::uint64_t size) const noexcept {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    if (offset > bytes_.size() || size > bytes_.size() - offset) return;
    const std::uint64_t first = (offset + page - 1) / page * page;
    const std::uint64_t last = (offset + size) / page * page;
    if (first >= last) return;
    ::madvise(const_cast<std::byte*>(bytes_.data()) + first, last - first, MADV_DONTNEED);
}

void throw_no_such_file(const std::filesystem::path& path) {
    constexpr std::size_t kMostNames = 2000;
    std::vector<std::string> names;
    std::error_code ignored;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    for (std::filesystem::directory_iterator entry(folder, ignored), end; entry != end && names.size() < kMostNames;
         entry.increment(ignored))
        names.push_back(entry->path().filename().string());
    const std::string nearest = closest_match(path.filename().string(), names);
    throw Failure(FailureKind::kNotFound, "no such file", path.string(),
                  nearest.empty() ? "" : "did you mean " + (path.parent_path() / nearest).string() + "?");
}

}  // namespace gatescope
