// What must hold of every recipe, on the small checkpoints of tests/golden/families.
#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/families/canonical_tensors.h"
#include "model/gates/gate.h"
#include "model/layer_kernel.h"
#include "model/transformer/transformer.h"
#include "model/transformer/weights.h"
#include "tests/model/transformer/family_checkpoints.h"
#include "tests/model/transformer/tensors.h"
#include "tests/support/expect_refusal.h"

namespace gatescope {
namespace {

using namespace testing_support;

std::unique_ptr<Transformer> load(const std::string& name, DataType dtype = DataType::kFloat32) {
    JobContext job;
    return load_transformer(open_family_checkpoint(name), {"cpu", dtype}, job);
}

std::vector<std::int32_t> ids_for(const Transformer& model, std::size_t count) {
    std::vector<std::int32_t> ids(count);
    for (std::size_t n = 0; n < count; ++n)
        ids[n] = static_cast<std::int32_t>((n * n * 7 + 3 * n) % static_cast<std::size_t>(model.config().d_vocab));
    return ids;
}

at::Tensor hidden_of(Transformer& model, const std::vector<std::int32_t>& ids, std::vector<Observer*> observers = {}) {
    JobContext job;
    return model.forward({.ids = ids, .observers = std::move(observers)}, job).to(at::kFloat);
}

// Remembers which layers it saw, and the least that any query's probabilities of a block add up to.
struct Watcher : Observer {
    bool wants_blocks(std::int64_t) const override { return true; }
    void on_layer(const LayerInput& input) override { layers.push_back(input.layer); }
    void on_block(const PatternBlock& block) override { sums.push_back(block.pattern_HQK.sum(-1).min().item<float>()); }
    std::vector<std::int64_t> layers;
    std::vector<float> sums;
};

// Puts queries and keys together from what the layer's kernel says of itself, as interventions do.
class KernelCheck final : public Gate {
  public:
    void prepare(const LayerInput& layer, const GateContext&) override {
        const QueriesAndKeys weights = layer.kernel->weights();
        const QueriesAndKeys biases = layer.kernel->project(at::zeros({1, layer.x_TD.size(1)}));
        const QueriesAndKeys made{at::matmul(layer.x_TD, weights.q_HTE.transpose(1, 2)) + biases.q_HTE,
                                  at::matmul(layer.x_TD, weights.k_GTE.transpose(1, 2)) + biases.k_GTE};
        const QueriesAndKeys finished = layer.kernel->finish(made, made);
        layers += 1;
        for (const auto& [got, want] : {std::pair(finished.q_HTE, layer.q_HTE), {finished.k_GTE, layer.k_GTE}})
            worst = std::max(worst, largest_difference(got, want) / want.abs().max().item<float>());
    }
    GateEffect apply(const QueryBlock&) const override { return KeepAll{}; }
    std::int64_t layers = 0;
    float worst = 0;
};

class EveryRecipe : public testing::TestWithParam<std::string> {};

TEST_P(EveryRecipe, AnObserverChangesNothingAndSeesEveryLayer) {
    const auto model = load(GetParam());
    const auto ids = ids_for(*model, 40);
    Watcher watcher;
    const at::Tensor unseen = hidden_of(*model, ids), seen = hidden_of(*model, ids, {&watcher});
    EXPECT_LT(largest_difference(unseen, seen), 3e-5F * unseen.abs().max().item<float>());
    EXPECT_EQ(watcher.layers.size(), static_cast<std::size_t>(model->config().n_layers));
    EXPECT_GT(*std::min_element(watcher.sums.begin(), watcher.sums.end()), 0.9999F) << "probabilities that add up to 1";
}

TEST_P(EveryRecipe, LaterTokensReachEarlierOnesInAnEncoderAlone) {
    const auto model = load(GetParam());
    std::vector<std::int32_t> ids = ids_for(*model, 40);
    const at::Tensor before = hidden_of(*model, ids);
    ids[35] = (ids[35] + 1) % static_cast<std::int32_t>(model->config().d_vocab);
    const at::Tensor changed = hidden_of(*model, ids).sub(before).abs().amax(1);
    EXPECT_EQ(changed.narrow(0, 0, 35).max().item<float>() > 1e-4F, !model->config().causal);
    EXPECT_GT(changed[35].item<float>(), 1e-4F);
}

TEST_P(EveryRecipe, NllIsThatOfTheLogits) {
    const auto model = load(GetParam());
    if (!model->config().causal || model->config().lm_head == LmHead::kNone) return;  // refused below
    const auto ids = ids_for(*model, 40);
    JobContext job;
    const at::Tensor hidden = hidden_of(*model, ids);
    const std::vector<float> nll = model->token_nll(hidden, ids, job);
    const at::Tensor log_p = at::log_softmax(model->logits(hidden), -1);
    for (std::size_t n = 1; n < ids.size(); ++n)
        EXPECT_NEAR(nll[n], -log_p[static_cast<std::int64_t>(n) - 1][ids[n]].item<float>(), 1e-5F) << n;
}

at::Tensor hidden_under(Transformer& model, const std::string& gate, const std::vector<std::int32_t>& ids) {
    JobContext job;
    GateRun run(parse_gate(gate));
    ForwardRequest request{.ids = ids, .nominal_window = std::ssize(ids)};
    request.gate = &run;
    return model.forward(request, job).to(at::kFloat);
}

TEST_P(EveryRecipe, AKernelOfTheHeadsFullRankIsTheModelItselfAndOneOfRankOneIsNot) {
    const auto model = load(GetParam());
    if (!model->config().causal) return;  // encoders take no gates
    const auto ids = ids_for(*model, 40);
    const at::Tensor dense = hidden_of(*model, ids);
    const std::string full = "kernel-rank:r=" + std::to_string(model->config().d_head);
    const at::Tensor whole = hidden_under(*model, full, ids);
    EXPECT_LT(largest_difference(whole, dense), 3e-4F * dense.abs().max().item<float>());
    EXPECT_GT(largest_difference(hidden_under(*model, "kernel-rank:r=1", ids), dense),
              10 * largest_difference(whole, dense));
    if (model->config().lm_head == LmHead::kNone) return;
    JobContext job;
    const std::vector<float> expected = model->token_nll(dense, ids, job), got = model->token_nll(whole, ids, job);
    for (std::size_t n = 1; n < ids.size(); ++n) EXPECT_NEAR(got[n], expected[n], 1e-3F) << n;
}

TEST_P(EveryRecipe, Bfloat16StaysNearFloat32) {
    const auto exact = load(GetParam()), rounded = load(GetParam(), DataType::kBFloat16);
    const auto ids = ids_for(*exact, 40);
    const at::Tensor expected = hidden_of(*exact, ids), got = hidden_of(*rounded, ids);
    const float spread = expected.std().item<float>();
    EXPECT_LT(got.sub(expected).abs().mean().item<float>(), 0.05F * spread);
    EXPECT_GT(largest_difference(got, expected), 0.0F);
}

TEST_P(EveryRecipe, SaysOfALayersKernelWhatItsQueriesAndKeysAreMadeOf) {
    const auto model = load(GetParam());
    if (!model->config().causal) return;  // takes no gates
    const auto check = std::make_shared<KernelCheck>();
    GateRun run(parse_gate("routing-only"), {check});
    const auto ids = ids_for(*model, 20);
    JobContext job;
    (void)model->forward({.ids = ids, .gate = &run}, job);
    EXPECT_EQ(check->layers, model->config().n_layers);
    EXPECT_LT(check->worst, 1e-5F);
}

TEST_P(EveryRecipe, CountsEveryParameterOnce) {
    const auto model = load(GetParam());
    std::int64_t count = 0, matrices = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(model->config())) {
        std::int64_t size = 1;
        for (const std::int64_t length : tensor.shape) size *= length;
        count += size;
        if (tensor.shape.size() > 1) matrices += size;
    }
    EXPECT_EQ(model->parameter_count(), static_cast<std::uint64_t>(count));
    const std::uint64_t single = weight_bytes(model->config(), at::kFloat);
    const std::uint64_t half = weight_bytes(model->config(), at::kBFloat16);
    EXPECT_GE(single, static_cast<std::uint64_t>(4 * count));
    EXPECT_GE(single - half, static_cast<std::uint64_t>(2 * matrices));
}

TEST(Recipes, AConfigMayClaimAnySizeWithoutItsBytesWrappingAround) {
    constexpr std::int64_t kHuge = std::int64_t{1} << 20;
    ModelConfig config;
    config.n_layers = 1;
    config.n_heads = config.n_kv_heads = config.d_head = config.d_model = config.d_mlp = config.d_vocab = kHuge;
    EXPECT_GE(weight_bytes(config, at::kFloat), std::uint64_t{1} << 62);
}

INSTANTIATE_TEST_SUITE_P(Recipes, EveryRecipe, testing::ValuesIn(family_checkpoints()),
                         [](const auto& name) { return name.param; });

TEST(Recipes, AWindowBeyondTheLearnedPositionsIsRefused) {
    const auto model = load("gpt2");
    const auto positions = static_cast<std::size_t>(model->config().n_ctx);
    EXPECT_NO_THROW(hidden_of(*model, ids_for(*model, positions)));
    expect_refusal(FailureKind::kUsage, "the model has learned " + std::to_string(positions) + " positions",
                   [&] { hidden_of(*model, ids_for(*model, positions + 1)); });
}

TEST(Recipes, AnEncoderHasNoPerplexity) {
    const auto model = load("bert");
    const auto ids = ids_for(*model, 9);
    JobContext job;
    const at::Tensor hidden = hidden_of(*model, ids);
    EXPECT_EQ(model->logits(hidden).size(1), model->config().d_vocab);
    expect_refusal(FailureKind::kUnsupported, "an encoder", [&] { model->token_nll(hidden, ids, job); });
}

TEST(Recipes, WithoutAHeadThereAreNoLogits) {
    const auto model = load("bert_headless");
    const at::Tensor hidden = hidden_of(*model, ids_for(*model, 9));
    expect_refusal(FailureKind::kUnsupported, "no language-model head", [&] { model->logits(hidden); });
}

TEST(Recipes, PostNormModelsShowTheResidualStreamItselfToTheHook) {
    struct FirstInput : Observer {
        void on_layer(const LayerInput& input) override {
            if (input.layer == 0) x_TD = input.x_TD.clone();
        }
        at::Tensor x_TD;
    } first;
    const auto olmo = load("olmo2");
    std::vector<std::int32_t> ids(5, 7);
    hidden_of(*olmo, ids, {&first});
    // A norm before attention would make every row's mean square 1 times its gain; an embedding's row is as it is.
    const at::Tensor rows = first.x_TD;
    EXPECT_TRUE(rows[0].equal(rows[4])) << "positions come with RoPE alone";
    EXPECT_GT(std::abs(rows.square().mean().item<float>() - 1.0F), 0.2F);
}

}  // namespace
}  // namespace gatescope
