#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/recipe_text.h"
#include "app/cli/verb.h"
#include "app/engine/model_memory.h"
#include "app/engine/size_text.h"
#include "app/engine/text_table.h"
#include "captures/config_json.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

constexpr std::size_t kMostNames = 6;  // of unused, missing or odd tensors in the table; JSON has all

// 134515008 -> "134,515,008"
std::string grouped(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string grouped(std::int64_t value) {
    return grouped(static_cast<std::uint64_t>(value));
}

std::string names(const std::vector<std::string>& all) {
    std::string out = std::to_string(all.size());
    for (std::size_t n = 0; n < std::min(all.size(), kMostNames); ++n) out += (n == 0 ? ": " : ", ") + all[n];
    return all.size() > kMostNames ? out + ", ..." : out;
}

std::vector<std::string> pieces_of(const std::vector<std::int32_t>& ids, const Tokenizer& tokenizer) {
    std::vector<std::string> pieces;
    for (const std::int32_t id : ids) pieces.push_back(replace_invalid_utf8(tokenizer.piece(id)));
    return pieces;
}

// `puts "[CLS]" in front, "[SEP]" at the end`
std::string ends_text(const Tokenizer& tokenizer) {
    const Tokenizer::Ends ends = tokenizer.ends();
    std::string text;
    const auto add = [&](const std::vector<std::int32_t>& ids, const char* place) {
        if (ids.empty()) return;
        text += text.empty() ? "puts" : ",";
        for (const std::string& piece : pieces_of(ids, tokenizer)) text += " " + nlohmann::json(piece).dump();
        text += place;
    };
    add(ends.front, " in front");
    add(ends.back, " at the end");
    return text.empty() ? "puts nothing around a text" : text;
}

std::string tokenizer_text(const Model& model) {
    if (!model.tokenizer) return model.summary->tokenizer;
    return model.summary->tokenizer + ", " + grouped(static_cast<std::uint64_t>(model.tokenizer->size())) +
           " pieces, " + ends_text(*model.tokenizer);
}

nlohmann::ordered_json tokenizer_json(const Model& model) {
    nlohmann::ordered_json out = {{"kind", model.summary->tokenizer}};
    if (!model.tokenizer) return out;
    const Tokenizer& tokenizer = *model.tokenizer;
    const Tokenizer::Ends ends = tokenizer.ends();
    out.update({{"pieces", tokenizer.size()},
                {"in_front", pieces_of(ends.front, tokenizer)},
                {"at_end", pieces_of(ends.back, tokenizer)}});
    return out;
}

// As the window's first run would have it: float32 on the best device.
MemoryReport memory_of(const Model& model) {
    const DeviceWish wish;
    return weigh([&](const MemoryWish& how) { return memory_needs(model.summary->config, how); },
                 {wish.dtype, wish.window_length}, memory_there(wish.device));
}

std::string memory_text(const MemoryReport& memory) {
    return size_text(memory.weights_float32) + " in float32, " + size_text(memory.weights_bfloat16) +
           " in bfloat16; a window of " + std::to_string(memory.wish.window_length) + " tokens " +
           size_text(memory.needs.working) + " more";
}

std::string room_text(const MemoryReport& memory) {
    return size_text(memory.there.bytes) + " on " + memory.there.device + ": " +
           (memory.fits ? "fits" : "does not fit; " + memory_hint(memory));
}

nlohmann::ordered_json memory_json(const MemoryReport& memory) {
    return {{"weights_float32", memory.weights_float32},
            {"weights_bfloat16", memory.weights_bfloat16},
            {"working", memory.needs.working},
            {"window", memory.wish.window_length},
            {"device", memory.there.device},
            {"there", memory.there.bytes},
            {"fits", memory.fits}};
}

std::string text_report(const Model& model, const TensorReport& tensors) {
    const ModelSummary& summary = *model.summary;
    const MemoryReport memory = memory_of(model);
    std::vector<std::pair<std::string, std::string>> rows = {
        {"model", summary.name},
        {"format", summary.format + ", " + grouped(summary.size_bytes) + " bytes, " + summary.weight_dtypes},
    };
    if (!summary.sha256.empty()) rows.emplace_back("sha256", summary.sha256);
    rows.emplace_back("architecture", summary.architecture);
    for (auto& row : recipe_rows(summary.config)) rows.push_back(std::move(row));
    const std::vector<std::pair<std::string, std::string>> file = {
        {"vocabulary", grouped(summary.config.d_vocab)},
        {"parameters", grouped(summary.parameter_count)},
        {"tokenizer", tokenizer_text(model)},
        {"tensors used", std::to_string(tensors.used)},
        {"tensors unused", names(tensors.unused)},
        {"tensors missing", names(tensors.missing)},
        {"memory", memory_text(memory)},
        {"memory there", room_text(memory)},
    };
    rows.insert(rows.end(), file.begin(), file.end());
    if (!tensors.odd.empty()) rows.emplace_back("tensors odd", names(tensors.odd));
    std::string out;
    for (const auto& [name, value] : rows) out += name + std::string(18 - name.size(), ' ') + value + "\n";
    return out;
}

std::string json_report(const Model& model, const TensorReport& tensors) {
    const ModelSummary& summary = *model.summary;
    const ModelConfig& config = summary.config;
    nlohmann::ordered_json document = {
        {"name", summary.name},
        {"format", summary.format},
        {"size_bytes", summary.size_bytes},
        {"weight_dtypes", summary.weight_dtypes},
        {"architecture", summary.architecture},
        {"layers", config.n_layers},
        {"heads", config.n_heads},
        {"kv_heads", config.n_kv_heads},
        {"d_head", config.d_head},
        {"d_model", config.d_model},
        {"d_mlp", config.d_mlp},
        {"positions", config.n_ctx},
        {"sliding_window", config.sliding_window},
        {"rope_base", config.rope_base},
        {"rope_dims", config.rope_dims},
        {"vocabulary", config.d_vocab},
        {"tied_embeddings", config.tied_embeddings},
        {"parameters", summary.parameter_count},
        {"tokenizer", tokenizer_json(model)},
        {"memory", memory_json(memory_of(model))},
        {"recipe", nlohmann::ordered_json::parse(print_config(config))},
        {"tensors",
         {{"used", tensors.used}, {"unused", tensors.unused}, {"missing", tensors.missing}, {"odd", tensors.odd}}},
        {"config", nlohmann::ordered_json::parse(summary.config_json)}};
    if (!summary.sha256.empty()) document["sha256"] = summary.sha256;
    return document.dump(2) + "\n";
}

struct InfoOptions : Options {
    bool hash = false;
};

int run(const InfoOptions& options, Console& console) {
    apply(options, console);
    require(options.model, "MODEL");
    TerminalJob job(console);
    const std::unique_ptr<Model> model = open_model(options.model, false, options.hash, {}, job.context());
    if (model->tokenizer_failure && model->tokenizer_failure->kind() != FailureKind::kNotFound)
        console.warn(model->tokenizer_failure->what());
    const TensorReport tensors = tensor_report(*model);
    console.print(options.json ? json_report(*model, tensors) : text_report(*model, tensors));
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<InfoOptions>();
    add_model(app, *options);
    app.add_flag("--hash", options->hash, "also the sha256 of the weights, for which the whole file is read");
    add_console(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb info_verb() {
    return {"info", "What a checkpoint is: architecture, sizes, parameters, tokenizer, tensors used and unused.",
            "gatescope info sample", declare};
}

}  // namespace gatescope
