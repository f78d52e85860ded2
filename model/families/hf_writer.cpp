#include "model/families/hf_writer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include "model/checkpoint/safetensors_writer.h"
#include "model/core/error.h"
#include "model/core/output_file.h"
#include "model/families/families.h"

namespace gatescope {
namespace {

const Family& family_of(const ModelConfig& config) {
    for (const Family& family : families())
        if (family.id == config.family) return family;
    throw Failure(FailureKind::kInternal, "a model of no family", config.family);
}

const Dialect& dialect_of(const ModelConfig& config) {
    const Family& family = family_of(config);
    if (!family.config_json)
        throw Failure(FailureKind::kUnsupported, "a " + family.label + " can't be written as a Hugging Face folder");
    return *family.config_json;
}

StoredTensor stored_in(const CanonicalTensor& tensor, const ModelConfig& config) {
    return dialect_of(config).stored(tensor, config);
}

// A tensor of the file: the canonical ones that are stacked in it.
struct FileTensor {
    struct Part {
        StoredTensor stored;
        const TensorValues* values = nullptr;
    };
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<Part> parts;
};

std::int64_t count_of(const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    return count;
}

const TensorValues& values_of(const CanonicalTensor& wanted,
                              const std::map<std::pair<Weight, std::int64_t>, const TensorValues*>& tensors) {
    const auto found = tensors.find({wanted.weight, wanted.layer});
    if (found == tensors.end()) throw std::invalid_argument("a weight of the model is missing");
    if (std::ssize(found->second->values) != count_of(wanted.shape))
        throw std::invalid_argument("a weight of another size than the model needs");
    return *found->second;
}

std::vector<FileTensor> file_tensors(const ModelConfig& config, const std::vector<TensorValues>& tensors) {
    std::map<std::pair<Weight, std::int64_t>, const TensorValues*> by_place;
    for (const TensorValues& tensor : tensors) by_place[{tensor.canonical.weight, tensor.canonical.layer}] = &tensor;
    std::vector<FileTensor> out;
    std::map<std::string, std::size_t> places;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        const StoredTensor stored = stored_in(tensor, config);
        // Which of two names for one weight counts depends on transformers' version and ties: it gets both.
        for (const std::string& name : {stored.name, stored.fallback}) {
            if (name.empty()) continue;
            const auto [place, added] = places.emplace(name, out.size());
            if (added) out.push_back({name, stored_shape(stored, tensor), {}});
            out[place->second].parts.push_back({stored, &values_of(tensor, by_place)});
        }
    }
    return out;
}

// The inverse of WeightReader: rows to where the file has them, columns where it is transposed, less what is added.
void put(const FileTensor::Part& part, const ModelConfig& config, std::int64_t file_width, std::vector<float>& out) {
    const auto& [stored, tensor] = part;
    const std::int64_t n_rows = tensor->canonical.shape.front();
    const std::int64_t width = std::ssize(tensor->values) / n_rows;
    for (std::int64_t row = 0; row < n_rows; ++row) {
        const std::int64_t place = stored_row(stored, row, n_rows, config);
        const std::span<const float> values =
            tensor->values.subspan(static_cast<std::size_t>(row * width), static_cast<std::size_t>(width));
        for (std::int64_t n = 0; n < width; ++n) {
            const std::int64_t index = stored.transposed ? n * file_width + place : place * width + n;
            out[static_cast<std::size_t>(index)] = values[static_cast<std::size_t>(n)] - stored.added;
        }
    }
}

bool lies_as_in_file(const FileTensor& tensor) {
    const StoredTensor& stored = tensor.parts.front().stored;
    return tensor.parts.size() == 1 && stored.order == RowOrder::kAsStored && !stored.transposed && stored.added == 0;
}

void check_finite(const FileTensor& tensor) {
    for (const FileTensor::Part& part : tensor.parts)
        if (!std::ranges::all_of(part.values->values, [](float value) { return std::isfinite(value); }))
            throw Failure(FailureKind::kUnsupported, "its values are not finite, and not written", tensor.name);
}

void write_weights(const std::filesystem::path& path, const ModelConfig& config,
                   const std::vector<FileTensor>& tensors) {
    std::vector<SafetensorsEntry> entries;
    for (const FileTensor& tensor : tensors) {
        check_finite(tensor);
        entries.push_back({tensor.name, tensor.shape});
    }
    SafetensorsWriter file(path, true, {{"format", "pt"}}, entries);
    std::vector<float> turned;
    for (const FileTensor& tensor : tensors) {
        if (lies_as_in_file(tensor)) {
            file.write(tensor.parts.front().values->values);
            continue;
        }
        turned.resize(static_cast<std::size_t>(count_of(tensor.shape)));
        for (const FileTensor::Part& part : tensor.parts) put(part, config, tensor.shape.back(), turned);
        file.write(std::span<const float>(turned));
    }
    file.publish();
}

nlohmann::json made_config(const ModelConfig& config) {
    const Family& family = family_of(config);
    if (family.hf_config == nullptr) {
        std::string known;
        for (const Family& other : families())
            if (other.hf_config != nullptr) known += (known.empty() ? "" : ", ") + other.label;
        throw Failure(FailureKind::kUnsupported,
                      "a " + family.label + " without a config.json can't be written as a Hugging Face folder", {},
                      "train from a Hugging Face folder of the model; without one: " + known);
    }
    return family.hf_config(config);
}

// Whom generation stops at.
void take_ends(const nlohmann::json& gguf, nlohmann::json& json) {
    for (const char* end : {"bos_token_id", "eos_token_id"})
        if (const auto found = gguf.find(std::string("tokenizer.ggml.") + end);
            found != gguf.end() && found->is_number_integer())
            json[end] = *found;
}

}  // namespace

std::string hf_config_text(const ModelConfig& config, const CheckpointReader* source) {
    (void)dialect_of(config);
    const bool has_own = source != nullptr && source->metadata_kind() == MetadataKind::kConfigJson;
    nlohmann::json json = has_own ? source->metadata() : made_config(config);
    if (source != nullptr && !has_own) take_ends(source->metadata(), json);
    // transformers 5 writes "dtype" and reads both.
    json[json.contains("dtype") ? "dtype" : "torch_dtype"] = "float32";
    if (config.lm_head != LmHead::kNone) json["tie_word_embeddings"] = config.tied_embeddings;
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void write_hf_model(const std::filesystem::path& folder, const ModelConfig& config, const std::string& config_json,
                    const std::vector<TensorValues>& tensors) {
    write_weights(folder / "model.safetensors", config, file_tensors(config, tensors));
    write_output_file(folder / "config.json", config_json, true);
}

bool hf_keeps_every_bit(const ModelConfig& config) {
    return std::ranges::all_of(canonical_tensors(config),
                               [&](const CanonicalTensor& tensor) { return stored_in(tensor, config).added == 0; });
}

}  // namespace gatescope
