#include "model/checkpoint/weight_hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "model/checkpoint/hash_cache.h"
#include "model/checkpoint/sha256.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kBuffersAStep = 32;
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

std::vector<std::filesystem::path> in_name_order(std::vector<std::filesystem::path> files) {
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.filename() < b.filename(); });
    return files;
}

}  // namespace

struct WeightHasher::State {
    std::vector<std::filesystem::path> files;
    std::string before;         // fingerprint of the files when hashing began
    std::size_t next_file = 0;  // to be opened
    std::optional<PlainFile> file;
    std::vector<std::byte> buffer;
    Sha256 hash;
    double done = 0;
    std::string result;

    // Hashes the next buffer full; false: there is none.
    bool advance(JobContext& job) {
        while (file || next_file < files.size()) {
            if (!file) file.emplace(files[next_file++]);
            const auto bytes = file->read(buffer);
            if (!bytes.empty()) {
                hash.add(bytes);
                done += static_cast<double>(bytes.size()) / kMegabyte;
                job.tick(done);
                return true;
            }
            file.reset();
        }
        return false;
    }

    void begin(JobContext& job) {
        before = fingerprint(files);
        if (std::optional<std::string> kept = kept_hash(before)) {
            result = std::move(*kept);
            return;
        }
        buffer.resize(kBufferBytes);
        job.begin("Hashing the weights", "MB", megabytes(files));
    }
};

WeightHasher::WeightHasher(const CheckpointReader& reader) : state_(std::make_unique<State>()) {
    state_->files = in_name_order(reader.weight_files());
}

WeightHasher::~WeightHasher() = default;

bool WeightHasher::step(JobContext& job) {
    if (state_->before.empty()) state_->begin(job);
    if (!state_->result.empty()) return false;
    for (std::size_t n = 0; n < kBuffersAStep; ++n) {
        if (state_->advance(job)) continue;
        state_->result = state_->hash.hex();
        if (fingerprint(state_->files) == state_->before) keep_hash(state_->before, state_->result);
        return false;
    }
    return true;
}

const std::string& WeightHasher::result() const {
    return state_->result;
}

std::string weights_sha256(const CheckpointReader& reader, JobContext& job) {
    WeightHasher hasher(reader);
    while (hasher.step(job)) {
    }
    return hasher.result();
}

std::string file_sha256(const std::filesystem::path& path) {
    Sha256 hash;
    std::vector<std::byte> buffer(kBufferBytes);
    PlainFile file(path);
    for (auto bytes = file.read(buffer); !bytes.empty(); bytes = file.read(buffer)) hash.add(bytes);
    return hash.hex();
}

std::string sha256_of(std::string_view bytes) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(bytes)));
    return hash.hex();
}

}  // namespace gatescope
