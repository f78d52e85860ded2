#include "app/engine/runs/run_checkpoint.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "model/checkpoint/json_text.h"
#include "model/checkpoint/safetensors_file.h"
#include "model/checkpoint/safetensors_writer.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/core/output_file.h"
#include "model/families/hf_writer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMostNotesBytes = std::uint64_t{1} << 30U;  // curves grow
constexpr const char* kFormat = "gatescope-training";
constexpr const char* kNotes = "trainer.json";
constexpr const char* kTensors = "trainer.safetensors";
constexpr const char* kWeights = "model.safetensors";
constexpr const char* kGate = "gate.safetensors";

void write_model(const fs::path& folder, const RunParts& parts, const ModelTraining& training) {
    const std::vector<WeightValues> weights = training.weights();
    std::vector<TensorValues> values;
    for (const WeightValues& weight : weights) values.push_back({weight.canonical, weight.values});
    write_hf_model(folder, parts.config, parts.config_json, values);
    for (const auto& [name, contents] : parts.tokenizer_files.files) write_output_file(folder / name, contents, true);
}

void write_state(const fs::path& folder, const TrainingState& state, const RunNotes& notes) {
    std::vector<SafetensorsEntry> entries;
    for (const StateTensor& tensor : state.tensors) entries.push_back({tensor.name, tensor.shape});
    SafetensorsWriter writer(folder / kTensors, true, {{"format", kFormat}}, entries);
    for (const StateTensor& tensor : state.tensors) writer.write(tensor.values);
    writer.publish();
    const json text = {{"format", kFormat},
                       {"version", 1},
                       {"threads", notes.threads},
                       {"device", notes.device},
                       {"seconds", notes.cost.seconds},
                       {"tokens", notes.cost.tokens},
                       {"flops", notes.cost.flops},
                       {"held_out_tokens", notes.held_out_tokens},
                       {"train_tokens", notes.train_tokens},
                       {"unigram_perplexity", notes.unigram_perplexity},
                       {"data_sha256", notes.data_sha256},
                       {"state", json::parse(state.json)}};
    write_output_file(folder / kNotes, text.dump(1), true);
}

json read_notes(const fs::path& folder) {
    const fs::path path = folder / kNotes;
    json out;
    try {
        out = read_json_object(path, kMostNotesBytes);
    } catch (const Failure& failure) {
        if (failure.kind() != FailureKind::kNotFound) throw;
        throw Failure(FailureKind::kNotFound, "is missing: the run can't go on from here", path.string());
    }
    if (out.value("format", json()) != kFormat || out.value("version", json()) != 1)
        throw Failure(FailureKind::kBadFile, "is of another program or version", path.string());
    return out;
}

}  // namespace

void fill_checkpoint(const fs::path& folder, const RunParts& parts, const ModelTraining& training,
                     const RunNotes& notes, JobContext& job) {
    write_model(folder, parts, training);
    job.tick();
    if (training.has_gate()) training.write_gate(folder / kGate, file_sha256(folder / kWeights));
    job.tick();
    write_state(folder, training.save(), notes);
}

RunNotes checkpoint_notes(const fs::path& folder) {
    const json from = read_notes(folder);
    try {
        RunNotes out;
        out.threads = from.at("threads").get<int>();
        out.device = from.at("device").get<std::string>();
        out.cost = {from.at("seconds").get<double>(), from.at("tokens").get<double>(), from.at("flops").get<double>()};
        out.held_out_tokens = from.at("held_out_tokens").get<std::int64_t>();
        out.train_tokens = from.at("train_tokens").get<std::int64_t>();
        out.unigram_perplexity = from.at("unigram_perplexity").get<double>();
        out.data_sha256 = from.at("data_sha256").get<std::string>();
        return out;
    } catch (const json::exception& fault) {
        throw Failure(FailureKind::kBadFile, one_line(fault.what()), (folder / kNotes).string());
    }
}

void restore_checkpoint(const fs::path& folder, ModelTraining& training) {
    const json notes = read_notes(folder);
    if (!notes.contains("state"))
        throw Failure(FailureKind::kBadFile, "has no state to go on from", (folder / kNotes).string());
    TrainingState state;
    state.json = notes["state"].dump();
    const std::unique_ptr<TensorFile> file = open_safetensors(folder / kTensors);
    for (std::size_t n = 0; n < file->tensors().size(); ++n) {
        const TensorInfo& tensor = file->tensors()[n];
        auto values = std::make_shared<std::vector<float>>(static_cast<std::size_t>(tensor.element_count()));
        file->read_float32(n, 0, *values);
        state.tensors.push_back({tensor.name, tensor.shape, *values, values});
    }
    try {
        training.restore(state);
    } catch (const Failure& failure) {
        throw failure.at(folder.string());
    }
}

}  // namespace gatescope
