// Runs over models that have no perplexity: encoders, and checkpoints without a language-model head.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "analysis/abilities.h"
#include "analysis/measurement.h"
#include "model/core/error.h"
#include "model/transformer/attention.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// Two layers of random heads, each on queries and keys of its own; no tokens come into it.
class RandomHeads final : public Transformer {
  public:
    explicit RandomHeads(bool causal) {
        config_.family = "bert";
        config_.n_layers = 2;
        config_.n_heads = 3;
        config_.n_kv_heads = 3;
        config_.d_head = 4;
        config_.d_model = 12;
        config_.d_vocab = 30;
        config_.n_ctx = 32;
        config_.causal = causal;
        config_.learned_positions = true;
        config_.lm_head = causal ? LmHead::kNone : LmHead::kTransform;
    }
    const ModelConfig& config() const override { return config_; }
    std::string device() const override { return "cpu"; }
    DataType dtype() const override { return DataType::kFloat32; }
    std::uint64_t parameter_count() const override { return 0; }
    at::Tensor logits(const at::Tensor& hidden_TD) override { return hidden_TD; }
    std::vector<float> token_nll(const at::Tensor&, std::span<const std::int32_t>, JobContext&) override {
        throw Failure(FailureKind::kInternal, "a model without perplexity was asked for losses");
    }

    at::Tensor forward(const ForwardRequest& request, JobContext& job) override {
        for (Observer* observer : request.observers) observer->begin_window(request.window, request.ids);
        at::Tensor out;
        for (std::int64_t layer = 0; layer < config_.n_layers; ++layer) {
            const LayerInput input = layer_input(layer, static_cast<std::int64_t>(request.ids.size()));
            if (request.gate != nullptr) request.gate->prepare(input, {request.window, 24, 0, request.ids});
            std::vector<Observer*> watching;
            for (Observer* observer : request.observers) {
                observer->on_layer(input);
                if (observer->wants_blocks(layer)) watching.push_back(observer);
            }
            out = attend(input, {request.gate, watching}, scratch_, job);
        }
        for (Observer* observer : request.observers) observer->end_window();
        return spoilt ? out.mul(kNaN) : out;
    }

    bool spoilt = false;

  private:
    LayerInput layer_input(std::int64_t layer, std::int64_t tokens) const {
        auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(layer) + 1);
        LayerInput out;
        out.layer = layer;
        out.x_TD = at::randn({tokens, config_.d_model}, generator, at::kFloat);
        for (at::Tensor* x : {&out.q_HTE, &out.k_GTE, &out.v_GTE})
            *x = at::randn({config_.n_heads, tokens, config_.d_head}, generator, at::kFloat);
        out.scale = 0.5;
        out.reach.causal = config_.causal;
        return out;
    }

    ModelConfig config_;
    AttentionScratch scratch_;
};

struct World {
    explicit World(bool causal) : model(causal) {
        auto who = std::make_shared<ModelSummary>();
        who->config = model.config();
        summary = who;
        auto windows = std::make_shared<TextWindows>();
        windows->window_length = 24;
        windows->windows = {std::vector<std::int32_t>(24, 1), std::vector<std::int32_t>(7, 2)};
        text = windows;
        request.window_length = 24;
        request.windows = 0;
    }
    std::shared_ptr<const RunResult> run() { return measure(model, request, summary, text, job); }

    RandomHeads model;
    std::shared_ptr<const ModelSummary> summary;
    std::shared_ptr<const TextWindows> text;
    RunRequest request;
    JobContext job;
};

TEST(Encoder, IsMeasuredWithoutLosses) {
    World world(false);
    world.request.patterns = world.request.induction = true;
    const auto run = world.run();
    EXPECT_TRUE(run->complete);
    EXPECT_EQ(run->windows_done, 2);
    EXPECT_TRUE(run->dense.token_nll.empty());
    EXPECT_EQ(run->dense.estimate.tokens, 0);
    const Concentration& table = *run->concentration;
    EXPECT_EQ(table.k.back(), 24);
    EXPECT_GT(table.figures.at("entropy").at(0, 0), 1.0F);
    EXPECT_EQ(table.figures.at("induction_score").values.size(), 6U);
    ASSERT_EQ(run->patterns.size(), 2U);
    const WindowPatterns& first = *run->patterns[0];
    EXPECT_NE(first.probabilities[23], 0) << "query 0 uses the last key";
}

TEST(Encoder, HasSpectraOfItsScoresAndCosinesOfItsPairs) {
    World world(false);
    world.request.spectra.activations = world.request.spectra.cosines = true;
    const auto run = world.run();
    EXPECT_EQ(run->spectra->activations->windows, 2);
    EXPECT_EQ(run->spectra->activations->capacity, 8);
    for (const float share : run->spectra->activations->routing_fraction.values) EXPECT_GT(share, 0);
    for (const float cosine : run->spectra->cosines->other.values) EXPECT_LE(std::abs(cosine), 1);
}

TEST(Encoder, ShowsItsMapAboveTheDiagonalToo) {
    World world(false);
    Measurement measurement(world.model, world.request, world.summary, world.text);
    const auto map = measurement.pattern(0, 1, 2, nullptr, nullptr, world.job);
    EXPECT_FALSE(map->causal);
    float sum = 0;
    for (std::size_t key = 0; key < 24; ++key) {
        EXPECT_GT(map->probabilities[key], 0) << key;
        sum += map->probabilities[key];
    }
    EXPECT_NEAR(sum, 1, 1e-5);
}

TEST(Encoder, TakesNoGates) {
    World world(false);
    world.request.gates = {parse_gate("oracle:k=4")};
    try {
        world.run();
        FAIL() << "an encoder was gated";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_NE(std::string(failure.what()).find("is an encoder: it has neither perplexity nor gates"),
                  std::string::npos)
            << failure.what();
    }
}

TEST(Encoder, AnOutputThatIsNotFiniteIsRefused) {
    World world(false);
    world.model.spoilt = true;
    EXPECT_THROW(world.run(), Failure);
}

TEST(HeadlessDecoder, IsMeasuredWithGatesButWithoutLosses) {
    World world(true);
    world.request.gates = {parse_gate("oracle:k=4")};
    world.request.masks = true;
    const auto run = world.run();
    EXPECT_TRUE(run->complete);
    EXPECT_TRUE(run->dense.token_nll.empty());
    ASSERT_EQ(run->gates.size(), 1U);
    EXPECT_EQ(run->gates[0].windows_done, 2);
    EXPECT_TRUE(run->gates[0].perplexity.token_nll.empty());
    EXPECT_FLOAT_EQ(run->gates[0].agreement.at("f1").at(0, 0), 1.0F);
    EXPECT_NEAR(run->gates[0].sparsity, 1 - (4.0 / 24 + 4.0 / 7) / 2, 1e-9);
    EXPECT_EQ(run->gates[0].masks->slots, 4);
}

TEST(Abilities, SayWhatAModelLacks) {
    ModelConfig decoder, headless, encoder;
    headless.lm_head = LmHead::kNone;
    encoder.causal = false;
    encoder.lm_head = LmHead::kTransform;
    for (const auto why : {why_no_logits, why_no_perplexity, why_no_gates}) EXPECT_EQ(why(decoder), "");
    EXPECT_NE(why_no_logits(headless), "");
    EXPECT_NE(why_no_perplexity(headless), "");
    EXPECT_EQ(why_no_gates(headless), "");
    EXPECT_EQ(why_no_logits(encoder), "") << "its masked-language-model head gives some";
    EXPECT_NE(why_no_perplexity(encoder), "");
    EXPECT_NE(why_no_gates(encoder), "");
}

}  // namespace
}  // namespace gatescope
