#include "app/engine/models.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "app/engine/model_memory.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/sample_files.h"
#include "captures/capture.h"
#include "captures/key_sets.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"
#include "model/gates/stored_keys.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestArray = 64;  // of a metadata value worth keeping: vocabularies and merges are not

fs::path existing(const fs::path& path) {
    std::error_code status;
    if (path.empty() || !fs::exists(path, status))
        throw Failure(FailureKind::kNotFound, "no such file or folder", path.empty() ? "\"\"" : path.string());
    return path;
}

DataType data_type(const std::string& name) {
    if (name == "float32") return DataType::kFloat32;
    if (name == "bfloat16") return DataType::kBFloat16;
    throw Failure(FailureKind::kUsage, "unknown data type \"" + name + "\"", "--dtype",
                  suggestion(name, {"float32", "bfloat16"}));
}

std::string config_json(const CheckpointReader& reader) {
    nlohmann::json kept = nlohmann::json::object();
    for (const auto& [key, value] : reader.metadata().items())
        if (!value.is_array() || value.size() <= kLongestArray) kept[key] = value;
    return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// "Q4_1, F32": the type with most values first.
std::string weight_dtypes(const CheckpointReader& reader) {
    std::map<std::string, std::int64_t> counts;
    for (const TensorInfo& tensor : reader.tensors()) counts[tensor.dtype] += tensor.element_count();
    std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string out;
    for (const auto& [name, count] : sorted) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::uint64_t parameter_count(const CheckpointReader& reader) {
    const std::vector<std::string> names = tensor_use(reader).unused;
    const std::unordered_set<std::string> unused(names.begin(), names.end());
    std::uint64_t count = 0;
    for (const TensorInfo& tensor : reader.tensors())
        if (!unused.contains(tensor.name)) count += static_cast<std::uint64_t>(tensor.element_count());
    return count;
}

std::shared_ptr<ModelSummary> summarise(const fs::path& path, const Model& model) {
    auto summary = std::make_shared<ModelSummary>();
    summary->name = model_name_of(path);
    summary->config = read_config(*model.reader);
    summary->architecture = summary->config.family;
    summary->config_json = config_json(*model.reader);
    summary->tokenizer = model.tokenizer ? model.tokenizer->kind() : "none";
    summary->format = model.reader->format();
    summary->weight_dtypes = weight_dtypes(*model.reader);
    summary->parameter_count = parameter_count(*model.reader);
    for (const fs::path& file : model.reader->weight_files()) summary->size_bytes += fs::file_size(file);
    return summary;
}

// A model without a tokenizer, or with one that can't be read, still takes ids.
void add_tokenizer(Model& model) {
    try {
        model.tokenizer = make_tokenizer(*model.reader);
    } catch (const Failure& failure) {
        model.tokenizer_failure = failure;
    }
}

void check_room(const Model& model, const DeviceWish& wish) {
    const ModelConfig& config = model.summary->config;
    const MemoryReport report = weigh([&](const MemoryWish& how) { return memory_needs(config, how); },
                                      {wish.dtype, wish.window_length, wish.maps}, memory_there(wish.device));
    if (!report.fits)
        throw Failure(FailureKind::kResource, memory_fault(report), model.summary->name, memory_hint(report));
}

void add_hash(Model& model, JobContext& job) {
    auto summary = std::make_shared<ModelSummary>(*model.summary);
    summary->sha256 = weights_sha256(*model.reader, job);
    model.summary = summary;
}

StoredKeys keys_of_capture(const std::filesystem::path& file, const std::string& gate) {
    const StoredKeySets found = read_key_sets(file, gate);
    StoredKeys out{file.string(), found.sets->windows, found.sets->queries, found.sets->slots,
                   found.layers,  found.heads,         found.sets->keys};
    if (found.text) out.text = found.text->windows;
    return out;
}

}  // namespace

Model::Model() = default;
Model::~Model() = default;

fs::path model_path(const std::string& model) {
    if (model == "sample") return sample_model_path();
    if (fs::is_regular_file(existing(model))) refuse_capture_as_model(model);
    return model_of_run(model);
}

std::unique_ptr<Model> open_model(const std::string& name, bool load, bool hash, const DeviceWish& wish,
                                  JobContext& job) {
    const fs::path path = model_path(name);
    auto model = std::make_unique<Model>();
    model->reader = open_checkpoint(path);
    add_tokenizer(*model);
    model->summary = summarise(path, *model);
    if (load)
        load_weights(*model, hash, wish, job);
    else if (hash)
        add_hash(*model, job);
    return model;
}

void load_weights(Model& model, bool hash, const DeviceWish& wish, JobContext& job) {
    const DeviceChoice choice{wish.device, data_type(wish.dtype)};
    check_room(model, wish);
    if (wish.threads > 0) at::set_num_threads(wish.threads);
    if (hash) add_hash(model, job);
    model.transformer = load_transformer(model.reader, choice, job);
    model.weight_bytes = memory_needs(model.summary->config, {wish.dtype, wish.window_length}).weights;
}

const Tokenizer& tokenizer_of(const Model& model) {
    if (!model.tokenizer) throw Failure(*model.tokenizer_failure);
    return *model.tokenizer;
}

std::unique_ptr<Tokenizer> open_tokenizer(const std::string& model) {
    return make_tokenizer(*open_checkpoint(model_path(model)));
}

std::vector<GateSpec> check_gate_files(const std::vector<GateSpec>& gates, const Model& model, JobContext& job) {
    std::string sha256 = model.summary->sha256;
    std::vector<GateSpec> out;
    for (const GateSpec& gate : gates) {
        if (!files_of(gate).empty() && sha256.empty()) sha256 = weights_sha256(*model.reader, job);
        check_gate_files(gate, model.summary->config, sha256);
        out.push_back(with_stored_keys(gate, model.summary->config, keys_of_capture));
    }
    return out;
}

TensorReport tensor_report(const Model& model) {
    const TensorUse use = tensor_use(*model.reader);
    const auto all = static_cast<std::int64_t>(model.reader->tensors().size());
    return {all - static_cast<std::int64_t>(use.unused.size()), use.unused, use.missing, use.odd};
}

}  // namespace gatescope
