#include "analysis/experiments/paper_facts.h"

namespace gatescope {
namespace {

constexpr const char* kSmall =
    "31M model (6 layers, d_model 256, 4 heads), WikiText-103, windows of 512 tokens, 50,000 steps of 16 windows";
constexpr const char* kSmallDistilled =
    "31M model (6 layers, d_model 256, 4 heads), WikiText-103, k = 64 of 512; steps of the gate not in what we could "
    "read";
constexpr const char* kSmallPostHoc =
    "31M model (6 layers, d_model 256, 4 heads), WikiText-103, frozen; gate distilled for 1,000 steps";
constexpr const char* kSmallGateOnly = "31M model, frozen, WikiText-103, 500 steps of the gate alone";
constexpr const char* kSmallMass = "31M model, WikiText-103, 64 of 512 keys";
constexpr const char* kLargeOneLayer = "Qwen3-1.7B, one layer adapts; text and steps not in what we could read";
constexpr const char* kLargeGradient = "Qwen3-1.7B; text and steps not in what we could read";
constexpr const char* kLargeSparsity = "Qwen3-1.7B, 87.5 % sparsity; text and steps not in what we could read";
constexpr const char* kLargeOracle = "Qwen3-1.7B, k = 64; text not in what we could read";

}  // namespace

const PaperFacts& paper_facts() {
    static const PaperFacts facts = {
        .dense = {"37.32", 37.32, kSmall},
        .nothing = {},
        .mass_mean = {"90.6 %", 90.6, kSmallMass},
        .mass_least = {"66 %", 66, kSmallMass},
        .mass_most = {"about 100 % (layers 2 and 3)", 100, kSmallMass},
        .soft_learned = {"48.73 ± 0.60 (3 seeds)", 48.73, kSmall},
        .soft_random = {"49.83 ± 0.04 (3 seeds)", 49.83, kSmall},
        .soft_learned_less_random = {"-1.10 (from the printed means)", -1.10, kSmall},
        .soft_random_less_dense = {"+12.51 (from the printed means)", 12.51, kSmall},
        .soft_closed = {"8.8 % (from the printed means)", 8.8, kSmall},
        .hard_gradient = {"exactly 0", 0, kSmall},
        .onto_co_adapted = {"601.6", 601.6, kSmallDistilled},
        .onto_agnostic = {"48.6", 48.6, kSmallDistilled},
        .onto_co_adapted_f1 = {"\"high\" (no number in what we could read)", std::numeric_limits<double>::quiet_NaN(),
                               kSmallDistilled},
        .onto_difference = {"+553.0 (from the printed numbers)", 553.0, kSmallDistilled},
        .onto_excess = {"about 2.25 (from 601.6, 48.73, 48.6 and 37.32)", 2.25, kSmallDistilled},
        .stochastic_dense = {"78.2", 78.2, kSmall},
        .stochastic_less_dense = {"+40.9 (from the printed numbers)", 40.9, kSmall},
        .stochastic_ratio = {"2.10 (from the printed numbers)", 2.10, kSmall},
        .post_hoc_first = {"46.8", 46.8, kSmallGateOnly},
        .post_hoc_last = {"37.3", 37.3, kSmallGateOnly},
        .post_hoc_lead = {"+9.5 (the learned gate's first value less its last)", 9.5, kSmallGateOnly},
        .post_hoc_lead_nats = {"about 0.23 (the learned gate's first value beside its last)", 0.23, kSmallGateOnly},
        .post_hoc_closed = {"about 100 % (from the printed numbers)", 100, kSmallGateOnly},
        .one_layer_learned = {"8.80", 8.80, kLargeOneLayer},
        .one_layer_random = {"8.80", 8.80, kLargeOneLayer},
        .one_layer_none = {"8.70", 8.70, kLargeOneLayer},
        .one_layer_lead = {"0.00 (from the printed numbers)", 0, kLargeOneLayer},
        .one_layer_lead_nats = {"0.00 (from the printed numbers)", 0, kLargeOneLayer},
        .one_layer_cost = {"+0.10 (from the printed numbers)", 0.10, kLargeOneLayer},
        .gap_frozen = {"31.5", 31.5, kLargeGradient},
        .gap_unfrozen = {"6.9", 6.9, kLargeGradient},
        .gap_gone = {"24.6 (from the printed numbers, 29 % unfrozen)", 24.6, kLargeGradient},
        .gap_gone_nats = {"about 0.9 (from 31.5, 6.9 and \"about 10\")", 0.9, kLargeGradient},
        .gap_left = {"about 37 % (from 31.5, 6.9 and \"about 10\")", 37, kLargeGradient},
        .gradient_learned = {"about 10", 10, kLargeGradient},
        .large_dense = {"11.52", 11.52, "Qwen3-1.7B; text not in what we could read"},
        .large_oracle = {"11.57", 11.57, kLargeOracle},
        .large_kl = {"12.2", 12.2, kLargeSparsity},
        .large_bce = {"102.8", 102.8, kLargeSparsity},
        .large_kl_less_oracle = {"+0.63 (from the printed numbers)", 0.63, kLargeSparsity},
        .large_bce_less_kl = {"+90.6 (from the printed numbers)", 90.6, kLargeSparsity},
        .gap_closed = {"more than 94 % at every sparsity tested", 94, kSmallPostHoc}};
    return facts;
}

const OurChoices& our_choices() {
    static const OurChoices choices = {
        .soft_gate =
            "The paper's formula of a soft gate is not in what we could read. Ours adds ln sigmoid(g) to the "
            "attention scores before the softmax, g being the gate's score of query and key.",
        .random_gate =
            "How the paper draws and freezes a random gate is not in what we could read. Our random soft "
            "gate is the learned one kept at its random first values.",
        .kl_loss =
            "The exact KL target is not in what we could read. Ours is the mean over queries of KL(attention "
            "pattern || softmax of the gate's scores), head by head, on the dense model.",
        .bce_loss =
            "The exact BCE target is not in what we could read. Ours is membership in the oracle's k keys, "
            "averaged over all pairs of query and key.",
        .f1 =
            "How the paper computes F1 is not in what we could read. Ours counts pairs of query and key, over queries "
            "with more than k keys to choose from.",
        .optimiser = "Optimiser, learning rate and warm-up are not in what we could read; ours are the recipe's.",
        .random_masks =
            "How the paper randomises masks in training is not in what we could read. Ours draws k keys "
            "uniformly for every layer, head and query, anew at every step.",
        .unfrozen_layers =
            "Which layers the paper unfreezes, and which of their weights, is not in what we could read. "
            "Ours trains Q, K and V of the upper layers.",
        .held_out =
            "Which text the paper measures on is not in what we could read. Ours is documents of the training "
            "text that nothing here trains on."};
    return choices;
}

}  // namespace gatescope
