#include "model/checkpoint/hash_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "model/checkpoint/weight_hash.h"
#include "model/core/cache_folder.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

// Empty when there is no home.
fs::path cache_folder() {
    const fs::path folder = user_cache_folder();
    return folder.empty() ? folder : folder / "hashes";
}

fs::path entry_of(const fs::path& folder, const std::string& fingerprint) {
    return folder / sha256_of(fingerprint);
}

bool is_sha256(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::string fingerprint(const std::vector<fs::path>& files) {
    std::string out;
    for (const fs::path& file : files) {
        struct stat status {};
        if (::stat(file.c_str(), &status) != 0)
            throw Failure(FailureKind::kResource, std::generic_category().message(errno), file.string());
        out += std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
               std::to_string(status.st_mtim.tv_nsec) + " " + fs::absolute(file).string() + "\n";
    }
    return out;
}

// An entry is its hash, a newline, and the fingerprint it stands for.
std::optional<std::string> kept_hash(const std::string& fingerprint) {
    const fs::path folder = cache_folder();
    if (folder.empty()) return std::nullopt;
    std::ifstream file(entry_of(folder, fingerprint), std::ios::binary);
    std::string hash;
    std::getline(file, hash);
    const std::string rest{std::istreambuf_iterator<char>(file), {}};
    if (!is_sha256(hash) || rest != fingerprint) return std::nullopt;
    return hash;
}

void keep_hash(const std::string& fingerprint, const std::string& hash) noexcept try {
    const fs::path folder = cache_folder();
    if (folder.empty()) return;
    fs::create_directories(folder);
    const fs::path entry = entry_of(folder, fingerprint);
    fs::path aside = entry;
    aside += ".partial" + std::to_string(::getpid());
    std::ofstream file(aside, std::ios::binary);
    file << hash << "\n" << fingerprint;
    file.close();
    std::error_code ignored;
    if (file)
        fs::rename(aside, entry, ignored);
    else
        fs::remove(aside, ignored);
} catch (const std::exception&) {
    // Without a cache the weights are hashed again next time.
}

}  // namespace gatescope
