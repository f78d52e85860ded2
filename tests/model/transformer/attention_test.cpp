// One layer's attention: streamed, fused and plain must agree, whoever looks and whatever a gate keeps.
#include "model/transformer/attention.h"

#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <tuple>
#include <vector>

#include "model/core/error.h"
#include "model/transformer/attention_unseen.h"
#include "model/transformer/softmax.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

LayerInput layer_of(std::int64_t tokens, std::int64_t heads = 6, std::int64_t kv_heads = 2, std::int64_t window = 0,
                    std::int64_t d_head = 8) {
    LayerInput input;
    input.x_TD = random_tensor({tokens, 12}, 4);
    input.q_HTE = random_tensor({heads, tokens, d_head}, 1).mul(2);
    input.k_GTE = random_tensor({kv_heads, tokens, d_head}, 2).mul(2);
    input.v_GTE = random_tensor({kv_heads, tokens, d_head}, 3);
    input.scale = 0.35;
    input.reach.sliding_window = window;
    return input;
}

// Keeps the whole pattern of a layer.
class Keeper : public Observer {
  public:
    bool wants_blocks(std::int64_t) const override { return true; }
    void on_block(const PatternBlock& block) override {
        const std::int64_t missing = tokens - block.pattern_HQK.size(2);
        const auto heads = block.pattern_HQK.size(0), queries = block.pattern_HQK.size(1);
        const float hidden = -std::numeric_limits<float>::infinity();
        patterns.push_back(at::cat({block.pattern_HQK, at::zeros({heads, queries, missing})}, 2));
        scores.push_back(at::cat({block.scores_HQK, at::full({heads, queries, missing}, hidden)}, 2));
        ends.push_back(block.query_end);
    }
    at::Tensor pattern() const { return at::cat(patterns, 1); }

    std::int64_t tokens = 0;
    std::vector<at::Tensor> patterns, scores;
    std::vector<std::int64_t> ends;
};

at::Tensor run(const LayerInput& input, const GateRun* gate, std::vector<Observer*> observers = {}) {
    AttentionScratch scratch;
    JobContext job;
    return attend(input, {gate, observers}, scratch, job);
}

at::Tensor plain_pattern(const LayerInput& input) {
    const at::Tensor k = input.k_GTE.repeat_interleave(input.q_HTE.size(0) / input.k_GTE.size(0), 0);
    at::Tensor scores = at::matmul(input.q_HTE, k.transpose(1, 2)).mul(input.scale);
    if (input.softcap > 0) scores = scores.div(input.softcap).tanh().mul(input.softcap);
    const at::Tensor dropped = disallowed_QK({0, 0, input.reach}, scores);
    return at::softmax(scores.masked_fill(dropped, -std::numeric_limits<float>::infinity()), -1);
}

class OfLength : public testing::TestWithParam<std::int64_t> {};

// However it is taken: streamed before an observer, unseen by tiles where they serve, and unseen without them.
void expect_plain(const LayerInput& input) {
    Keeper keeper;
    keeper.tokens = input.q_HTE.size(1);
    const at::Tensor plain = attend_plain(input);
    JobContext job;
    EXPECT_LT(largest_difference(run(input, nullptr), plain), 5e-6F);
    EXPECT_LT(largest_difference(attend_unseen(input, job), plain), 5e-6F) << "where no tiles serve";
    EXPECT_LT(largest_difference(run(input, nullptr, {&keeper}), plain), 5e-6F);
    EXPECT_LT(largest_difference(keeper.pattern(), plain_pattern(input)), 2e-6F);
}

TEST_P(OfLength, EveryWayAgreesWithThePlainOne) {
    expect_plain(layer_of(GetParam()));
}

TEST_P(OfLength, EveryWaySlidesTheWindow) {
    for (const std::int64_t window : {1, 5, 64, 65, 150}) {
        SCOPED_TRACE(window);
        expect_plain(layer_of(GetParam(), 6, 2, window));
    }
}

TEST_P(OfLength, EveryWayLetsAnEncodersQueriesUseEveryKey) {
    LayerInput input = layer_of(GetParam());
    input.reach.causal = false;
    expect_plain(input);
    EXPECT_TRUE(plain_pattern(input).gt(0).all().item<bool>());
}

TEST_P(OfLength, EveryWayCapsScoresSoftlyInAnyHeadWidth) {
    for (const std::int64_t d_head : {1, 8, 14, 18, 13}) {
        SCOPED_TRACE(d_head);
        LayerInput input = layer_of(GetParam(), 6, 2, 20, d_head);
        input.softcap = 1.5;
        expect_plain(input);
    }
}

INSTANTIATE_TEST_SUITE_P(Attention, OfLength, testing::Values(1, 2, 7, 64, 65, 150));

TEST(Attention, ShowsBlocksThatCoverEveryQueryOnceWithKeysUpToTheLast) {
    Keeper keeper;
    keeper.tokens = 150;
    run(layer_of(150), nullptr, {&keeper});
    EXPECT_EQ(keeper.ends, (std::vector<std::int64_t>{64, 128, 150}));
}

TEST(Attention, ShowsMinusInfinityWhereTheModelAllowsNoKey) {
    Keeper keeper;
    keeper.tokens = 70;
    const LayerInput input = layer_of(70, 6, 2, 9);
    run(input, nullptr, {&keeper});
    const at::Tensor scores = at::cat(keeper.scores, 1), dropped = disallowed_QK({0, 0, {true, 9}}, scores);
    EXPECT_TRUE(scores.isinf().equal(dropped.expand_as(scores)));
}

TEST(Attention, QueryHeadUsesItsGroupsKeyHead) {
    // Values say which key/value head they belong to, so the output tells which one a query head used.
    LayerInput input = layer_of(5, 6, 2);
    input.v_GTE = at::zeros({2, 5, 8});
    input.v_GTE[1].fill_(1.0);
    const at::Tensor z_THE = run(input, nullptr).view({5, 6, 8});
    for (std::int64_t head = 0; head < 6; ++head)
        EXPECT_NEAR(z_THE.select(1, head).mean().item<float>(), head < 3 ? 0.0F : 1.0F, 1e-6) << head;
}

TEST(Attention, BlocksShrinkAsKeysGrowAndNeverVanish) {
    EXPECT_EQ(block_queries(9, 512), 64);
    EXPECT_LT(block_queries(9, 8192), 64);
    EXPECT_GE(block_queries(64, 1 << 20), 1);
    EXPECT_LE(9 * 8192 * block_queries(9, 8192) * 4, 8 << 20);
}

TEST(Attention, StopsBetweenBlocksWhenTheJobIsCancelled) {
    const LayerInput input = layer_of(150);
    JobContext job;
    struct Stopper : Observer {
        JobContext* job = nullptr;
        int blocks = 0;
        bool wants_blocks(std::int64_t) const override { return true; }
        void on_block(const PatternBlock&) override { ++blocks, job->cancel(); }
    } stopper;
    stopper.job = &job;
    std::vector<Observer*> observers = {&stopper};
    AttentionScratch scratch;
    EXPECT_THROW(attend(input, {nullptr, observers}, scratch, job), Cancelled);
    EXPECT_EQ(stopper.blocks, 1);
}

TEST(Attention, StaysWithinBfloat16sRounding) {
    LayerInput input = layer_of(90);
    const at::Tensor exact = attend_plain(input);
    for (at::Tensor* x : {&input.q_HTE, &input.k_GTE, &input.v_GTE}) *x = x->to(at::kBFloat16);
    Keeper keeper;
    keeper.tokens = 90;
    EXPECT_LT(largest_difference(run(input, nullptr), exact), 0.1F);
    EXPECT_LT(largest_difference(run(input, nullptr, {&keeper}), exact), 0.1F);
    EXPECT_EQ(keeper.pattern().scalar_type(), at::kFloat);
}

// Wide heads, keys beyond one stretch and values far from zero mean: what rounding to bfloat16 may cost and no more.
class Bfloat16OfLength : public testing::TestWithParam<std::tuple<std::int64_t, std::int64_t>> {
  protected:
    // [4 heads, 2 key/value heads] of this width, in bfloat16.
    static LayerInput rounded_layer(std::int64_t d_head) {
        const auto [tokens, window] = GetParam();
        LayerInput out = layer_of(tokens, 4, 2, std::max<std::int64_t>(0, window));
        out.reach.causal = window >= 0;
        out.q_HTE = random_tensor({4, tokens, d_head}, 5).mul(2).to(at::kBFloat16);
        out.k_GTE = random_tensor({2, tokens, d_head}, 6).to(at::kBFloat16);
        out.v_GTE = random_tensor({2, tokens, d_head}, 7).to(at::kBFloat16);
        out.scale = 0.125;
        return out;
    }
    static void expect_plain(const LayerInput& rounded) {
        LayerInput widened = rounded;
        for (at::Tensor* x : {&widened.q_HTE, &widened.k_GTE, &widened.v_GTE}) *x = x->to(at::kFloat);
        const at::Tensor exact = attend_plain(widened);
        JobContext job;
        const at::Tensor whole = run(rounded, nullptr), fallback = attend_unseen(rounded, job);
        EXPECT_EQ(whole.scalar_type(), at::kBFloat16);
        for (const at::Tensor& z : {whole, fallback}) {
            EXPECT_LT(largest_difference(z, exact), 0.016F);  // one unit in the last place of values up to 4
            EXPECT_LT(z.to(at::kFloat).sub(exact).abs().mean().item<float>(), 2e-3F);  // a quarter of one near 1
        }
    }
};

TEST_P(Bfloat16OfLength, IsThePlainOneOfTheSameRoundedInputs) {
    expect_plain(rounded_layer(64));
}

TEST_P(Bfloat16OfLength, IsThePlainOneWithSoftCappedScores) {
    LayerInput input = rounded_layer(64);
    input.softcap = 1.0;
    expect_plain(input);
}

// 13 is odd: the processor's products of pairs do not fit, and the float32 way steps in.
TEST_P(Bfloat16OfLength, IsThePlainOneInHeadsOfUnusualWidth) {
    for (const std::int64_t d_head : {20, 18, 14, 13}) expect_plain(rounded_layer(d_head));
}

INSTANTIATE_TEST_SUITE_P(Attention, Bfloat16OfLength,
                         testing::Combine(testing::Values(1, 2, 63, 64, 65, 512, 513, 1100),
                                          testing::Values(0, 5, 600, -1)));

// A score that is no number must not pass for a key that nobody uses: not even where such ones fill a stretch of keys.
TEST(Attention, IsNoNumberFromTheFirstKeyOnThatIsNone) {
    constexpr std::int64_t kLength = 1100, kStretch = 512;
    for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16})
        for (const std::int64_t first : {std::int64_t{0}, kStretch}) {
            LayerInput input = layer_of(kLength, 2, 1);
            input.k_GTE.narrow(1, first, kStretch).fill_(std::numeric_limits<float>::quiet_NaN());
            for (at::Tensor* x : {&input.q_HTE, &input.k_GTE, &input.v_GTE}) *x = x->to(dtype);
            Keeper keeper;
            keeper.tokens = kLength;
            JobContext job;
            for (const at::Tensor& z_TD :
                 {run(input, nullptr), attend_unseen(input, job), run(input, nullptr, {&keeper})}) {
                EXPECT_FALSE(z_TD.narrow(0, 0, first).isnan().any().item<bool>());
                EXPECT_TRUE(z_TD.narrow(0, first, kLength - first).isnan().all().item<bool>());
            }
        }
}

TEST(Attention, StopsInBfloat16WhenTheJobIsCancelled) {
    LayerInput input = layer_of(150);
    for (at::Tensor* x : {&input.q_HTE, &input.k_GTE, &input.v_GTE}) *x = x->to(at::kBFloat16);
    JobContext job;
    job.cancel();
    AttentionScratch scratch;
    EXPECT_THROW(attend(input, {}, scratch, job), Cancelled);
}

TEST(Attention, HeadsOfAnOddWidthWorkInBfloat16) {
    LayerInput input = layer_of(70);
    for (at::Tensor* x : {&input.q_HTE, &input.k_GTE, &input.v_GTE}) *x = x->narrow(2, 0, 7).contiguous();
    const at::Tensor exact = attend_plain(input);
    for (at::Tensor* x : {&input.q_HTE, &input.k_GTE, &input.v_GTE}) *x = x->to(at::kBFloat16);
    EXPECT_LT(largest_difference(run(input, nullptr), exact), 0.1F);
}

// A gate with a given effect for every head.
class Fixed : public Gate {
  public:
    explicit Fixed(GateEffect (*effect)(const QueryBlock&)) : effect_(effect) {}
    GateEffect apply(const QueryBlock& block) const override { return effect_(block); }

  private:
    GateEffect (*effect_)(const QueryBlock&);
};

at::Tensor gated(const LayerInput& input, GateEffect (*effect)(const QueryBlock&), std::vector<Observer*> observers) {
    const GateSpec spec = parse_gate("oracle:k=1");  // any term that names the heads
    GateRun gate(spec, {std::make_shared<Fixed>(effect)});
    gate.prepare(input, {0, input.q_HTE.size(1), 0, {}});
    return run(input, &gate, std::move(observers));
}

TEST(GatedAttention, IsTheSoftmaxOverTheKeysKept) {
    const LayerInput input = layer_of(100);
    Keeper keeper;
    keeper.tokens = 100;
    const auto even_keys = [](const QueryBlock& block) -> GateEffect {
        const at::Tensor j = at::arange(block.scores_HQK.size(2));
        return KeyMask{j.remainder(2).eq(0).expand({1, block.scores_HQK.size(1), -1})};
    };
    gated(input, even_keys, {&keeper});
    const at::Tensor even = at::arange(100).remainder(2).eq(0);
    const at::Tensor dense = plain_pattern(input).mul(even), expected = dense.div(dense.sum(-1, true));
    EXPECT_LT(largest_difference(keeper.pattern(), expected), 5e-6F);
}

TEST(GatedAttention, AddsABiasToTheScoresAndStillShowsTheRunningModels) {
    const LayerInput input = layer_of(70);
    Keeper plain, biased;
    plain.tokens = biased.tokens = 70;
    run(input, nullptr, {&plain});
    gated(input, [](const QueryBlock& block) -> GateEffect { return ScoreBias{at::full_like(block.scores_HQK, 3.0)}; },
          {&biased});
    EXPECT_LT(largest_difference(biased.pattern(), plain.pattern()), 2e-6F);  // softmax ignores a constant
    EXPECT_TRUE(at::cat(biased.scores, 1).equal(at::cat(plain.scores, 1)));
}

TEST(GatedAttention, TakesAnOutputInPlaceOfItsOwn) {
    const LayerInput input = layer_of(30);
    const at::Tensor z =
        gated(input,
              [](const QueryBlock& block) -> GateEffect {
                  return HeadOutput{at::full({block.scores_HQK.size(0), block.scores_HQK.size(1), 8}, 0.25)};
              },
              {});
    EXPECT_TRUE(z.eq(0.25).all().item<bool>());
}

// By a kernel of its own that leaves dropped keys alone, and, where somebody looks, block by block.
TEST(BandedAttention, IsThatOfTheKeysKept) {
    using Case = std::pair<std::int64_t, std::int64_t>;
    for (const auto& [length, sliding_window] : {Case{700, 0}, Case{700, 300}, Case{65, 0}, Case{30, 0}}) {
        LayerInput input = layer_of(length);
        input.reach.sliding_window = sliding_window;
        for (const char* text :
             {"window:sinks=4,local=60", "window:sinks=0,local=1", "window:sinks=130,local=0",
              "window:sinks=70,local=100@0/0", "window:local=9@0/0-1+window:sinks=2,local=200@0/2"}) {
            GateRun gate(parse_gate(text));
            gate.prepare(input, {0, length, 0, {}});
            ASSERT_FALSE(gate.bands(input.q_HTE.size(0)).empty());
            Keeper keeper;
            keeper.tokens = length;
            EXPECT_LT(largest_difference(run(input, &gate), run(input, &gate, {&keeper})), 2e-5F)
                << text << " " << length << " " << sliding_window;
        }
    }
}

TEST(BandedAttention, ShowsTheLastQueryToWhoNeedsNoMore) {
    const LayerInput input = layer_of(300);
    GateRun gate(parse_gate("window:sinks=4,local=60"));
    gate.prepare(input, {0, 300, 0, {}});
    Keeper all, last;
    all.tokens = last.tokens = 300;
    const at::Tensor z = run(input, &gate, {&all});
    AttentionScratch scratch;
    JobContext job;
    const std::vector<Observer*> few{&last};
    EXPECT_LT(largest_difference(attend(input, {&gate, {}, few}, scratch, job), z), 2e-5F);
    ASSERT_EQ(last.ends, (std::vector<std::int64_t>{300}));
    EXPECT_LT(largest_difference(last.pattern().select(1, -1), all.pattern().select(1, -1)), 1e-6F);
}

}  // namespace
}  // namespace gatescope
