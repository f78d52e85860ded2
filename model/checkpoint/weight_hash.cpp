#include "model/checkpoint/weight_hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "model/checkpoint/hash_cache.h"
#include "model/checkpoint/sha256.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr double kMegabyte = 1e6;

// A file read once from front to back.
class PlainFile {
  public:
    explicit PlainFile(const std::filesystem::path& path)
        : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) fail();
        ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    ~PlainFile() { ::close(descriptor_); }
    PlainFile(const PlainFile&) = delete;
    PlainFile& operator=(const PlainFile&) = delete;

    // The bytes that now lie in `buffer`; none at the end of the file.
    std::span<const std::byte> read(std::span<std::byte> buffer) {
        ssize_t count = -1;
        do count = ::read(descriptor_, buffer.data(), buffer.size());
        while (count < 0 && errno == EINTR);
        if (count < 0) fail();
        return buffer.first(static_cast<std::size_t>(count));
    }

  private:
    [[noreturn]] void fail() const {
        throw Failure(FailureKind::kResource, "can't be read: " + std::generic_category().message(errno),
                      path_.string());
    }

    std::filesystem::path path_;
    int descriptor_;
};

double megabytes(const std::vector<std::filesystem::path>& files) {
    double total = 0;
    for (const auto& file : files) {
        std::error_code unknown;
        const auto size = std::filesystem::file_size(file, unknown);
        if (!unknown) total += static_cast<double>(size) / kMegabyte;
    }
    return total;
}

std::string hash_files(const std::vector<std::filesystem::path>& files, JobContext& job) {
    job.begin("Hashing the weights", "MB", megabytes(files));
    Sha256 hash;
    std::vector<std::byte> buffer(kBufferBytes);
    double done = 0;
    for (const auto& path : files) {
        PlainFile file(path);
        for (auto bytes = file.read(buffer); !bytes.empty(); bytes = file.read(buffer)) {
            hash.add(bytes);
            done += static_cast<double>(bytes.size()) / kMegabyte;
            job.tick(done);
        }
    }
    return hash.hex();
}

}  // namespace

std::string weights_sha256(const CheckpointReader& reader, JobContext& job) {
    std::vector<std::filesystem::path> files = reader.weight_files();
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.filename() < b.filename(); });
    const std::string before = fingerprint(files);
    if (const std::optional<std::string> kept = kept_hash(before)) return *kept;
    std::string hash = hash_files(files, job);
    if (fingerprint(files) == before) keep_hash(before, hash);
    return hash;
}

std::string sha256_of(std::string_view bytes) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(bytes)));
    return hash.hex();
}

}  // namespace gatescope
