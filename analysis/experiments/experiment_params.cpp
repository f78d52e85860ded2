// What can be chosen of an experiment, and the sizes that it comes in.
#include "analysis/experiments/experiment_plan.h"

namespace gatescope {
namespace {

constexpr double kMostSteps = 1e9;

ParamSpec whole(const char* key, const char* label, double most, const char* help) {
    return {.key = key,
            .label = label,
            .help = help,
            .kind = ParamKind::kInteger,
            .initial = std::int64_t{0},
            .least = 0,
            .most = most,
            .logarithmic = true};
}

std::vector<ParamSpec> all_params() {
    constexpr double kMostKeys = 1 << 20, kMostWindows = 4096, kWidest = 4096;
    return {whole("k", "Keys k", kMostKeys, "How many keys each query keeps under a hard gate; 0: the scale's."),
            whole("steps", "Steps", kMostSteps, "Steps of models that are trained from scratch; 0: the scale's."),
            whole("tune_steps", "Tuning steps", kMostSteps,
                  "Steps of models whose Q/K/V go on from trained values; 0: the scale's."),
            whole("gate_steps", "Gate steps", kMostSteps,
                  "Steps of a gate that is distilled on a frozen model; 0: the scale's."),
            whole("held_out_windows", "Held-out windows", kMostWindows,
                  "Windows of held-out text that perplexities are measured on; 0: the scale's."),
            whole("gate_dim", "Gate width", kWidest,
                  "Channels in which a gate compares query and key; 0: the scale's, the paper's 32."),
            {.key = "levels",
             .label = "Unfrozen layers",
             .help = "How many upper layers adapt, one number a level, as 0,10,30; empty: the scale's.",
             .kind = ParamKind::kText,
             .initial = std::string()}};
}

struct Sizes {
    std::int64_t k = 0, steps = 0, tune_steps = 0, gate_steps = 0, held_out_windows = 0;
};

ParamValues values_of(const Sizes& sizes) {
    constexpr std::int64_t kGateDim = 32;  // the paper's
    return {{"k", sizes.k},
            {"steps", sizes.steps},
            {"tune_steps", sizes.tune_steps},
            {"gate_steps", sizes.gate_steps},
            {"held_out_windows", sizes.held_out_windows},
            {"gate_dim", kGateDim},
            {"levels", std::string()}};
}

ExperimentScale quick() {
    return {.id = "quick",
            .label = "Quick",
            .help = "Two narrow layers and windows of 64 tokens: shows in a minute that all works, and proves nothing.",
            .recipe = "tiny",
            .changes = {"model.n_layers=2", "model.d_model=64", "model.n_heads=2", "data.vocabulary=1024",
                        "train.window=64", "train.gate_learning_rate=0.003"},
            .seeds = {0, 1},
            .values = values_of({.k = 8, .steps = 120, .tune_steps = 30, .gate_steps = 30, .held_out_windows = 6})};
}
ExperimentScale tiny() {
    return {
        .id = "tiny",
        .label = "Tiny",
        .help = "Four layers of 128 channels on the sample text, k 32 of 256 as sparse as the paper's 64 of 512.",
        .recipe = "tiny",
        .changes = {"train.gate_learning_rate=0.003"},
        .seeds = {0, 1, 2},
        .values = values_of({.k = 32, .steps = 1600, .tune_steps = 300, .gate_steps = 300, .held_out_windows = 16})};
}
ExperimentScale paper() {
    return {
        .id = "paper-31m",
        .label = "Paper, 31M",
        .help = "The paper's own model and number of steps, k 64 of 512: for a GPU, with --set data.text for its text.",
        .recipe = "paper-31m",
        .changes = {},
        .seeds = {0, 1, 2},
        .values = values_of({.k = 64, .steps = 50000, .tune_steps = 2000, .gate_steps = 1000, .held_out_windows = 32})};
}
ExperimentScale checkpoint() {
    return {.id = "checkpoint",
            .label = "A given model",
            .help = "A checkpoint, such as SmolLM2, goes on in windows of 256 tokens; nothing is trained from scratch.",
            .recipe = {},
            .changes = {"train.window=256", "train.batch=2", "train.learning_rate=0.0001",
                        "train.gate_learning_rate=0.003"},
            .seeds = {0},
            .values = values_of({.k = 32, .steps = 80, .tune_steps = 80, .gate_steps = 200, .held_out_windows = 8})};
}

}  // namespace

const std::vector<ParamSpec>& experiment_params() {
    static const std::vector<ParamSpec> params = all_params();
    return params;
}

const std::vector<ExperimentScale>& experiment_scales() {
    static const std::vector<ExperimentScale> scales = {quick(), tiny(), paper(), checkpoint()};
    return scales;
}

}  // namespace gatescope
