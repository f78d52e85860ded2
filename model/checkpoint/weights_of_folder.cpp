#include "model/checkpoint/weights_of_folder.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "model/checkpoint/formats.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kUsualNames = {"model.safetensors.index.json", "model.safetensors",
                                                         "pytorch_model.bin.index.json", "pytorch_model.bin"};
constexpr std::size_t kMostEntries = 10'000;

// What transformers' and accelerate's trainers write beside the weights, and LoRA adapters.
bool is_something_else(const std::string& name) {
    constexpr std::array<std::string_view, 9> kStarts = {"training_args", "optimizer",     "scheduler",
                                                         "scaler",        "rng_state",     "random_states",
                                                         "adapter_model", "trainer_state", "sampler"};
    return std::any_of(kStarts.begin(), kStarts.end(), [&](std::string_view start) { return name.starts_with(start); });
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && names.size() < kMostEntries;
         entry.increment(error))
        names.push_back(entry->path().filename().string());
    if (error) throw Failure(FailureKind::kResource, "can't be listed: " + error.message(), folder.string());
    std::sort(names.begin(), names.end());
    return names;
}

bool has_extension(const std::string& name, const CheckpointFormat& format) {
    return std::any_of(format.extensions.begin(), format.extensions.end(),
                       [&](std::string_view extension) { return name.ends_with(extension); });
}

// "model-00001-of-00002"
bool looks_like_shard(const std::string& name) {
    return name.find("-of-") != std::string::npos;
}

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kMostListed = 6;
    std::string out;
    for (std::size_t n = 0; n < std::min(names.size(), kMostListed); ++n) out += (n > 0 ? ", " : "") + names[n];
    return names.size() > kMostListed ? out + " ..." : out;
}

[[noreturn]] void refuse_several(const fs::path& folder, const std::vector<std::string>& names) {
    if (std::all_of(names.begin(), names.end(), looks_like_shard))
        throw Failure(FailureKind::kNotFound, "holds parts of a sharded checkpoint but no index of them",
                      folder.string(), "model.safetensors.index.json or pytorch_model.bin.index.json is missing");
    throw Failure(FailureKind::kUnsupported, "holds several files of weights", folder.string(),
                  "name one of them: " + listed(names));
}

[[noreturn]] void refuse_none(const fs::path& folder, const std::vector<std::string>& names) {
    for (const auto& [name, owner] :
         {std::pair{"tf_model.h5", "TensorFlow"}, std::pair{"flax_model.msgpack", "Flax"},
          std::pair{"model.onnx", "ONNX"}, std::pair{"adapter_config.json", "an adapter to another model"}})
        if (std::binary_search(names.begin(), names.end(), name))
            throw Failure(FailureKind::kUnsupported, std::string("holds only weights of ") + owner + " (" + name + ")",
                          folder.string(), "convert them to safetensors first");
    throw Failure(FailureKind::kNotFound, "is a folder without weights", folder.string(), known_formats());
}

}  // namespace

bool is_shard_index(const fs::path& path) {
    return path.filename().string().ends_with(".index.json");
}

fs::path weights_of_folder(const fs::path& folder) {
    std::error_code ignored;
    for (const std::string_view name : kUsualNames)
        if (fs::exists(folder / name, ignored)) return folder / name;
    const std::vector<std::string> names = names_in(folder);
    for (const CheckpointFormat& format : checkpoint_formats()) {
        std::vector<std::string> fitting;
        for (const std::string& name : names)
            if (has_extension(name, format) && !is_something_else(name)) fitting.push_back(name);
        if (fitting.size() > 1) refuse_several(folder, fitting);
        if (fitting.size() == 1) return folder / fitting.front();
    }
    refuse_none(folder, names);
}

}  // namespace gatescope
