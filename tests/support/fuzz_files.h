#pragma once
// The files that a fuzzer starts from and those that it once fell over (tests/fuzz/README.md), for the tests that
// repeat them.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace gatescope {

inline std::filesystem::path fuzz_folder() {
    return std::filesystem::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";
}

// The bytes of every file in tests/fuzz/KIND/FORMAT; none when the folder is not there.
inline std::vector<std::string> fuzz_files(const std::string& kind, const std::string& format) {
    const std::filesystem::path folder = fuzz_folder() / kind / format;
    std::vector<std::string> out;
    if (!std::filesystem::exists(folder)) return out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return out;
}

inline std::vector<std::string> fuzz_seeds(const std::string& format) {
    return fuzz_files("corpus", format);
}

inline std::vector<std::string> fuzz_finds(const std::string& format) {
    return fuzz_files("regressions", format);
}

inline std::vector<std::string> fuzz_seeds_and_finds(const std::string& format) {
    std::vector<std::string> out = fuzz_seeds(format);
    for (std::string& find : fuzz_finds(format)) out.push_back(std::move(find));
    return out;
}

}  // namespace gatescope
