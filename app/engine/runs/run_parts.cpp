#include "app/engine/runs/run_parts.h"

#include <utility>

#include "app/engine/models.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/families/families.h"
#include "model/families/hf_writer.h"
#include "model/families/scratch.h"
#include "model/gates/gate_syntax.h"
#include "model/tokenizer/piece_or_id.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/device.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

DataRequest data_request(const TrainPlan& plan) {
    DataRequest out;
    for (const std::string& text : plan.texts) out.texts.push_back(text_path(text));
    out.separator = plan.separator;
    out.held_out_share = plan.held_out_share;
    out.window_length = plan.window_length;
    out.cache_folder = token_cache_folder();
    return out;
}

// `source`: of the model that the run begins with or goes on from; nullptr: from scratch.
TokenizerFiles tokenizer_files(const TrainPlan& plan, const CheckpointReader* source, JobContext& job) {
    if (source != nullptr) return files_of(*source);
    if (plan.tokenizer != "own") return files_of(*open_checkpoint(model_path(plan.tokenizer)));
    const Documents documents(data_request(plan), job);
    return files_of(train_bpe(documents.training(), plan.vocabulary, job));
}

void add_data(const TrainPlan& plan, RunParts& parts, JobContext& job) {
    const auto pieces = static_cast<std::int64_t>(parts.tokenizer->size());
    if (pieces > parts.config.d_vocab)
        throw Failure(
            FailureKind::kUsage,
            "has " + std::to_string(pieces) + " pieces, but the model " + std::to_string(parts.config.d_vocab) + " ids",
            "data.tokenizer", "take the model's own");
    parts.data = token_data(data_request(plan), *parts.tokenizer, parts.tokenizer_files.sha256(), job);
    const auto rows = static_cast<std::size_t>(plan.batch);
    if (parts.data->train_windows() < rows)
        throw Failure(FailureKind::kUsage,
                      "gives " + std::to_string(parts.data->train_windows()) + " windows of " +
                          std::to_string(plan.window_length) + " tokens to train on, fewer than a batch has",
                      "data.text", "give a longer text, or a smaller train.batch or train.window");
}

// A folder's is read where it lies: its config may say more than the tokenizer's files.
void add_tokenizer(RunParts& parts, TokenizerFiles files, const CheckpointReader* source) {
    parts.tokenizer_files = std::move(files);
    parts.tokenizer = source != nullptr && !source->folder().empty()
                          ? make_tokenizer(*source)
                          : make_tokenizer(parts.tokenizer_files, "tokenizer");
}

// Gates that come from files, against the model that the run begins with.
void check_files(const TrainPlan& plan, const ModelConfig& config, const CheckpointReader* source, JobContext& job) {
    GateSpec from_files;
    for (const GateTerm& term : parse_trained_gate(plan.gate).terms)
        if (!lacks_file(term)) from_files.terms.push_back(term);
    if (files_of(from_files).empty()) return;
    check_gate_files(from_files, config, source == nullptr ? std::string() : weights_sha256(*source, job));
}

void add_model(const std::shared_ptr<const CheckpointReader>& source, const std::string& device, RunParts& parts,
               JobContext& job) {
    parts.config = read_config(*source);
    parts.config_json = hf_config_text(parts.config, source.get());
    check_training_room(parts.config, device);
    parts.parameters = load_parameters(source, parts.config, parse_device(device), job);
}

}  // namespace

// Values, gradients and AdamW's two moments, and the copy that a report runs on, in float32; what flows through the
// model comes on top.
void check_training_room(const ModelConfig& config, const std::string& device) {
    std::uint64_t values = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        std::uint64_t size = 1;
        for (const std::int64_t side : tensor.shape) size *= static_cast<std::uint64_t>(side);
        values += size;
    }
    check_memory(parse_device(device), 5 * sizeof(float) * values, "training of " + std::to_string(values) + " values");
}

RunParts open_parts(const TrainPlan& plan, const std::string& device, JobContext& job) {
    RunParts parts;
    std::shared_ptr<const CheckpointReader> source;
    if (!plan.from_scratch) source = open_checkpoint(model_path(plan.checkpoint));
    add_tokenizer(parts, tokenizer_files(plan, source.get(), job), source.get());
    if (plan.from_scratch) {
        parts.config = scratch_config(plan.shape, static_cast<std::int64_t>(parts.tokenizer->size()));
        parts.config_json = hf_config_text(parts.config, nullptr);
        check_files(plan, parts.config, nullptr, job);
        check_training_room(parts.config, device);
        add_data(plan, parts, job);
        parts.parameters = random_parameters(parts.config, plan.seed, plan.shape.deviation, parse_device(device));
    } else {
        check_files(plan, read_config(*source), source.get(), job);
        add_model(source, device, parts, job);
        add_data(plan, parts, job);
    }
    return parts;
}

RunParts open_parts(const TrainPlan& plan, const fs::path& checkpoint, const std::string& device, JobContext& job) {
    RunParts parts;
    const std::shared_ptr<const CheckpointReader> source = open_checkpoint(checkpoint);
    add_tokenizer(parts, files_of(*source), source.get());
    add_model(source, device, parts, job);
    add_data(plan, parts, job);
    return parts;
}

RunParts open_data(const TrainPlan& plan, JobContext& job) {
    RunParts parts;
    std::shared_ptr<const CheckpointReader> source;
    if (!plan.from_scratch) source = open_checkpoint(model_path(plan.checkpoint));
    add_tokenizer(parts, tokenizer_files(plan, source.get(), job), source.get());
    parts.config =
        source ? read_config(*source) : scratch_config(plan.shape, static_cast<std::int64_t>(parts.tokenizer->size()));
    add_data(plan, parts, job);
    return parts;
}

std::shared_ptr<const TextWindows> held_out_text(const TrainPlan& plan, const RunParts& parts) {
    auto out = std::make_shared<TextWindows>();
    out->name = parts.data->name() + ", held out";
    out->sha256 = parts.data->sha256();
    out->window_length = plan.window_length;
    out->windows = *parts.data->held_out_windows(plan.held_out_windows);
    for (const auto& window : out->windows)
        for (const std::int32_t id : window)
            if (!out->pieces.contains(id)) out->pieces.emplace(id, piece_or_id(parts.tokenizer.get(), id));
    return out;
}

}  // namespace gatescope
