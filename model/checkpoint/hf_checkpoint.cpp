#include "model/checkpoint/hf_checkpoint.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/json_text.h"
#include "model/checkpoint/shard_index.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostConfigBytes = std::uint64_t{16} << 20;

fs::path folder_of(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

nlohmann::json read_config(const fs::path& weights) {
    const fs::path config = folder_of(weights) / "config.json";
    std::error_code unknown;
    if (!fs::exists(config, unknown))
        throw Failure(FailureKind::kNotFound, "no config.json beside it", weights.string(),
                      "it says what model the weights are of");
    return read_json_object(config, kMostConfigBytes);
}

class HfCheckpoint final : public CheckpointReader {
  public:
    HfCheckpoint(std::string format, fs::path folder, nlohmann::json config)
        : format_(std::move(format)), folder_(std::move(folder)), config_(std::move(config)) {}

    // Takes the tensors that `wanted` says yes to.
    template <typename Wanted>
    void add(std::unique_ptr<TensorFile> file, Wanted wanted) {
        for (std::size_t n = 0; n < file->tensors().size(); ++n) {
            const TensorInfo& tensor = file->tensors()[n];
            if (!wanted(tensor.name)) continue;
            tensors_.push_back(tensor);
            places_.push_back({files_.size(), n});
        }
        files_.push_back(std::move(file));
    }

    std::string format() const override { return format_; }
    MetadataKind metadata_kind() const override { return MetadataKind::kConfigJson; }
    fs::path folder() const override { return folder_; }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }
    const nlohmann::json& metadata() const override { return config_; }

    std::vector<fs::path> weight_files() const override {
        std::vector<fs::path> out;
        for (const auto& file : files_) out.push_back(file->path());
        return out;
    }

    void read_float32(const TensorInfo& tensor, std::int64_t first_row, std::span<float> out) const override {
        const Place place = place_of(tensor);
        files_[place.file]->read_float32(place.index, first_row, out);
    }

    bool read_bfloat16(const TensorInfo& tensor, std::int64_t first_row, std::span<std::uint16_t> out) const override {
        const Place place = place_of(tensor);
        return files_[place.file]->read_bfloat16(place.index, first_row, out);
    }

    void release(const TensorInfo& tensor) const override {
        const Place place = place_of(tensor);
        files_[place.file]->release(place.index);
    }

  private:
    struct Place {
        std::size_t file = 0, index = 0;
    };

    Place place_of(const TensorInfo& tensor) const {
        const TensorInfo* const own = find(tensor.name);
        if (own == nullptr) throw Failure(FailureKind::kInternal, "is not in this checkpoint", tensor.name);
        return places_[static_cast<std::size_t>(own - tensors_.data())];
    }

    std::string format_;
    fs::path folder_;
    nlohmann::json config_;
    std::vector<std::unique_ptr<TensorFile>> files_;  // in name order
    std::vector<TensorInfo> tensors_;
    std::vector<Place> places_;  // of tensors_
};

}  // namespace

std::unique_ptr<CheckpointReader> open_hf_file(const fs::path& weights, const std::string& format,
                                               OpenTensorFile open) {
    std::unique_ptr<TensorFile> file = open(weights);
    auto out = std::make_unique<HfCheckpoint>(format, folder_of(weights), read_config(weights));
    out->add(std::move(file), [](const std::string&) { return true; });
    return out;
}

// Tensors that the index forgets are taken too, as transformers does.
std::unique_ptr<CheckpointReader> open_hf_index(const fs::path& index, const std::string& format, OpenTensorFile open) {
    const ShardIndex shards = read_shard_index(index);
    const fs::path folder = folder_of(index);
    auto out = std::make_unique<HfCheckpoint>(format, folder, read_config(index));
    std::unordered_set<std::string> found;
    for (const std::string& name : shards.files) {
        out->add(open(folder / name), [&](const std::string& tensor) {
            const auto wanted = shards.file_of.find(tensor);
            if (wanted != shards.file_of.end() && wanted->second != name) return false;
            if (found.insert(tensor).second) return true;
            throw Failure(FailureKind::kBadFile, "is in two files, and the index names neither", tensor);
        });
    }
    for (const auto& [tensor, name] : shards.file_of)
        if (!found.contains(tensor))
            throw Failure(FailureKind::kBadFile, "is not in " + name + ", where the index says it is",
                          index.string() + ": " + tensor);
    return out;
}

}  // namespace gatescope
