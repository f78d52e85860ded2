#include "app/engine/sample_files.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

// The user's own cache first, so that a program built elsewhere (an image, a cluster) still finds it.
std::vector<fs::path> cache_folders() {
    std::vector<fs::path> out;
    const auto add = [&out](const char* folder, const char* rest) {
        if (folder != nullptr && *folder != '\0') out.push_back(fs::path(folder) / rest);
    };
    add(std::getenv("GATESCOPE_CACHE"), "");
    if (std::getenv("XDG_CACHE_HOME") != nullptr)
        add(std::getenv("XDG_CACHE_HOME"), "gatescope/" GATESCOPE_CACHE_VERSION);
    else
        add(std::getenv("HOME"), ".cache/gatescope/" GATESCOPE_CACHE_VERSION);
    out.emplace_back(GATESCOPE_CACHE);
    return out;
}

fs::path find_sample(const std::string& file, const std::string& what) {
    for (const fs::path& folder : cache_folders()) {
        std::error_code ignored;
        if (fs::path path = folder / "sample" / file; fs::is_regular_file(path, ignored)) return path;
    }
    throw Failure(FailureKind::kNotFound, "the sample " + what + " " + file + " is not there", {}, "run scripts/setup");
}

}  // namespace

fs::path sample_model_path() {
    return find_sample("SmolLM2-135M-Instruct.Q4_1.gguf", "model");
}

fs::path sample_text_path() {
    return find_sample("wikipedia-eval.txt", "text");
}

fs::path sample_training_text_path() {
    return find_sample("wikipedia-train.txt", "text");
}

}  // namespace gatescope
