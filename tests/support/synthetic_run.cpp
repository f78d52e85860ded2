#include "tests/support/synthetic_run.h"

#include <cmath>

namespace gatescope {
namespace {

constexpr std::int64_t kLayers = 2, kHeads = 2;  // analysed, of 3 and 4
constexpr std::size_t kTokens = 8;

HeadGrid grid(float first) {
    HeadGrid out{kLayers, kHeads, {}};
    for (int n = 0; n < kLayers * kHeads; ++n) out.values.push_back(first + 0.125F * static_cast<float>(n));
    return out;
}

std::shared_ptr<const ModelSummary> model() {
    auto out = std::make_shared<ModelSummary>();
    out->name = "tiny.gguf";
    out->sha256 = std::string(64, 'a');
    out->architecture = "llama";
    out->config_json = R"({"llama.block_count":3})";
    out->tokenizer = "BPE";
    out->format = "gguf";
    out->weight_dtypes = "F32";
    out->parameter_count = 12345;
    out->size_bytes = 49380;
    ModelConfig& config = out->config;
    config.family = "llama";
    config.n_layers = 3;
    config.n_heads = 4;
    config.n_kv_heads = 2;
    config.d_model = 32;
    config.d_head = 8;
    config.d_mlp = 64;
    config.d_vocab = 50;
    config.n_ctx = 128;
    config.rope_dims = 8;
    config.norm_epsilon = 1e-6;
    config.attention_scale = 1 / std::sqrt(8.0);
    config.tied_embeddings = true;
    return out;
}

std::shared_ptr<const TextWindows> text() {
    auto out = std::make_shared<TextWindows>();
    out->name = "text.txt";
    out->sha256 = std::string(64, 'b');
    out->window_length = static_cast<std::int64_t>(kTokens);
    out->windows = {{1, 2, 3, 4, 5, 6, 7, 8}, {2, 4, 6, 8, 1, 3, 5, 7}, {9, 9, 1}};
    out->pieces = {{1, " a"}, {2, "\n"},           {3, "ä"},   {4, "日"}, {5, ""}, {6, " the"},
                   {7, "\""}, {8, "<|im_start|>"}, {9, "🙂"}};
    return out;
}

PerplexityResult perplexity(const TextWindows& text, float first) {
    PerplexityResult out;
    float value = first;
    for (const auto& window : text.windows) {
        out.token_nll.emplace_back(window.size(), kNaN);
        for (std::size_t token = 1; token < window.size(); ++token) out.token_nll.back()[token] = value += 0.01F;
    }
    out.estimate = {2.5 + static_cast<double>(first), 12.25, 0.0625, 11.5, 13.5, 16, 3};
    return out;
}

Concentration concentration() {
    Concentration out;
    out.k = {1, 2, 4, 8};
    for (const std::int32_t k : out.k) {
        out.mass_at_k.push_back(grid(0.1F * static_cast<float>(k)));
        out.mass_at_k_full.push_back(k == 8 ? HeadGrid{kLayers, kHeads, {kNaN, kNaN, kNaN, kNaN}} : grid(0.05F));
    }
    float first = 1;
    for (const char* name : {"entropy", "effective_support", "support_90", "sink_mass", "self_mass", "previous_mass",
                             "mean_distance", "induction_score", "duplicate_score"})
        out.figures[name] = grid(first += 1);
    out.induction_ids = {7, 3, 1, 4, 7, 3, 1, 4};
    return out;
}

GateResult gate(const std::string& syntax, const TextWindows& text, float first) {
    GateResult out;
    out.gate = parse_gate(syntax);
    out.windows_done = 3;
    out.sparsity = 0.5;
    out.perplexity = perplexity(text, first);
    out.from_dense = {0.25, 0.03125, 0.125, 0.375, 3};
    for (const char* name : {"precision", "recall", "f1", "captured_mass"}) out.agreement[name] = grid(first += 0.01F);
    KeySets keys{1, kLayers, kHeads, static_cast<std::int64_t>(kTokens), 4, {}};
    for (std::int64_t row = 0; row < kLayers * kHeads; ++row)
        for (std::int32_t query = 0; query < static_cast<std::int32_t>(kTokens); ++query)
            for (std::int32_t slot = 0; slot < 4; ++slot) keys.keys.push_back(slot <= query ? slot : -1);
    out.masks = std::make_shared<const KeySets>(std::move(keys));
    return out;
}

std::shared_ptr<const WindowPatterns> patterns() {
    auto out = std::make_shared<WindowPatterns>();
    *out = {1, kLayers, kHeads, static_cast<std::int64_t>(kTokens), {}};
    for (std::size_t n = 0; n < 4 * kTokens * kTokens; ++n)
        out->probabilities.push_back(static_cast<std::uint16_t>(0x2000 + n));
    return out;
}

std::shared_ptr<const SensitivityResult> sensitivity() {
    auto out = std::make_shared<SensitivityResult>();
    out->request.gate = parse_gate("oracle:k=16").terms[0];
    out->request.budgets = {2, 4};
    out->request.each_head = true;
    out->request.head_budget = 2;
    out->request.mean_budget = 3.5;
    out->request.windows = 2;
    out->request.window_length = 8;
    out->n_layers = 3;
    out->n_heads = 4;
    for (int n = 0; n < 2 * 3; ++n) out->layer_cost.push_back({0.1 * n - 0.2, 0.01 * n});
    for (int n = 0; n < 3 * 4; ++n) out->head_cost.push_back({0.001 * n, 0.0001 * n});
    out->head_cost.back() = {};  // not measured yet
    BudgetProposal proposal;
    proposal.budgets = {2, 4, 4};
    proposal.gate = parse_gate("oracle:k=2@0+oracle:k=4@1-2");
    proposal.equal = parse_gate("oracle:k=3");
    proposal.predicted = 0.1 + 0.2;
    proposal.predicted_equal = 0.7;
    proposal.measured = {0.31, std::nan("")};
    out->proposal = proposal;
    out->done = 17;
    out->total = 18;
    return out;
}

std::shared_ptr<const TrainCurve> curve(const std::string& name, const std::string& status) {
    auto out = std::make_shared<TrainCurve>();
    out->name = name;
    out->recipe = R"({"gate":"learned","loss":"kl","k":64,"text":"text.txt"})";
    out->status = status;
    out->step = {0, 25, std::int64_t{1} << 40};
    out->series = {{"loss", {3.1, 2.0 / 3, 0.5}}, {"f1", {std::nan(""), 0.25, std::nan("")}}};
    return out;
}

}  // namespace

RunResult synthetic_run() {
    RunResult out;
    out.model = model();
    out.text = text();
    out.request.window_length = static_cast<std::int64_t>(kTokens);
    out.request.windows = 3;
    out.request.layers = IndexSet({0, 2});
    out.request.heads = IndexSet({1, 3});
    out.request.patterns = out.request.masks = out.request.induction = true;
    out.request.seed = 7;
    out.device = "cpu";
    out.dtype = "float32";
    out.command = "gatescope capture tiny.gguf --text text.txt --gate oracle:k=4 --out c.h5";
    out.created = "2026-01-02T03:04:05Z";
    out.dense = perplexity(*out.text, 1.0F);
    out.concentration = concentration();
    out.gates = {gate("window:sinks=1,local=3@0-1/2", *out.text, 1.5F), gate("oracle:k=4", *out.text, 1.25F)};
    for (const GateResult& result : out.gates) out.request.gates.push_back(result.gate);
    out.patterns = {patterns()};
    out.windows_done = 3;
    out.complete = true;
    return out;
}

RunResult synthetic_lab_run() {
    RunResult out = synthetic_run();
    out.gates[0].cost = {1.5e9, 4e9, 1024, 4096};
    out.gates[1].cost = {2.25e9, 4e9, 2048, 4096};
    out.sensitivity = sensitivity();
    out.curves = {curve("learned kl k=64", "done"), curve("1/2 random", "stopped")};
    return out;
}

}  // namespace gatescope
