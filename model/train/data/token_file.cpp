#include "model/train/data/token_file.h"

#include <algorithm>
#include <cstring>

#include "model/checkpoint/sha256.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr char kMagic[] = "gatescope-tokens";  // 16 bytes
constexpr std::uint32_t kVersion = 1, kByteOrder = 0x01020304;
constexpr std::size_t kHexDigits = 64;  // of a sha256
constexpr std::size_t kFixed = 16 + 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
constexpr std::size_t kTrailer = kFixed + 2 * kHexDigits;  // with the sha256 at its end
constexpr std::size_t kSlice = std::size_t{1} << 20U;      // ids between two ticks

template <typename Number>
void append(std::string& out, Number number) {
    char bytes[sizeof(Number)];
    std::memcpy(bytes, &number, sizeof(Number));
    out.append(bytes, sizeof(Number));
}

std::uint64_t number_at(std::string_view trailer, std::size_t at) {
    std::uint64_t number = 0;
    std::memcpy(&number, trailer.data() + at, sizeof(number));
    return number;
}

}  // namespace

std::string token_file_trailer(const std::string& key, std::uint64_t train_count, std::uint64_t held_out_count) {
    std::string out(kMagic);
    append(out, kVersion);
    append(out, kByteOrder);
    append(out, train_count);
    append(out, held_out_count);
    return out + key;
}

std::shared_ptr<const TokenFile> TokenFile::open(const std::filesystem::path& path, const std::string& key,
                                                 std::size_t vocabulary, JobContext& job) {
    std::shared_ptr<TokenFile> out;
    try {
        out.reset(new TokenFile(path));
        if (!out->check(key, vocabulary, job)) return nullptr;
        out->require_unchanged();
    } catch (const Failure&) {
        return nullptr;  // it is made anew, and what keeps it from being written is said then
    }
    return out;
}

bool TokenFile::check(const std::string& key, std::size_t vocabulary, JobContext& job) {
    const std::span<const std::byte> bytes = file_.bytes();
    if (bytes.size() < kTrailer || (bytes.size() - kTrailer) % sizeof(std::int32_t) != 0) return false;
    const std::size_t count = (bytes.size() - kTrailer) / sizeof(std::int32_t);
    const std::string_view trailer(reinterpret_cast<const char*>(bytes.data()) + count * sizeof(std::int32_t),
                                   kTrailer);
    const std::uint64_t train = number_at(trailer, kFixed - 2 * sizeof(std::uint64_t));
    if (train > count || !trailer.starts_with(token_file_trailer(key, train, count - train))) return false;
    ids_ = {reinterpret_cast<const std::int32_t*>(bytes.data()), count};
    train_count_ = static_cast<std::size_t>(train);
    train_counts_.assign(vocabulary, 0);
    Sha256 hash;
    for (std::size_t at = 0; at < count; at += kSlice) {
        job.tick();
        const std::span<const std::int32_t> slice = ids_.subspan(at, std::min(kSlice, count - at));
        hash.add(std::as_bytes(slice));
        for (std::size_t n = 0; n < slice.size(); ++n) {
            const auto id = static_cast<std::size_t>(static_cast<std::uint32_t>(slice[n]));  // a negative one is large
            if (id >= vocabulary) return false;
            train_counts_[id] += at + n < train_count_ ? 1 : 0;
        }
    }
    hash.add(std::as_bytes(std::span(trailer.substr(0, kTrailer - kHexDigits))));
    return hash.hex() == trailer.substr(kTrailer - kHexDigits);
}

}  // namespace gatescope
