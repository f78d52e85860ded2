// What GateRun makes of a gate's words, and which layers it touches.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "tests/model/gates/gate_fixture.h"

namespace gatescope {
namespace {

using testing_support::Layer;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Says one thing, whatever it is asked.
class Fixed final : public Gate {
  public:
    explicit Fixed(GateEffect effect) : effect_(std::move(effect)) {}
    GateEffect apply(const QueryBlock&) const override { return effect_; }

  private:
    GateEffect effect_;
};

// A run over heads 1 and 2 of layer 1 whose gate says `effect`.
GatedBlock apply_to_two_heads(const GateEffect& effect, const at::Tensor& scores_HQK) {
    GateTerm term = parse_gate("oracle:k=3@1/1-2").terms[0];
    GateRun run({{term}}, {std::make_shared<Fixed>(effect)});
    run.prepare(Layer{}.input(), {.window = 0, .nominal_window = 40, .step = 0, .ids = {}});
    return run.apply({30, 40, scores_HQK, 0});
}

at::Tensor block_scores() {
    const Layer layer{};
    return layer.scores(layer.input()).slice(1, 30, 40);
}

TEST(GateRun, KeepAllLeavesTheBlockAsItIs) {
    const at::Tensor scores = block_scores();
    const GatedBlock out = apply_to_two_heads(KeepAll{}, scores);
    EXPECT_FALSE(out.keep_HQK.defined());
    EXPECT_FALSE(out.z_HQE.defined());
    EXPECT_TRUE(out.scores_HQK.is_same(scores));
}

TEST(GateRun, ABiasIsAddedToTheScoresOfItsHeadsAlone) {
    const at::Tensor scores = block_scores(), before = scores.clone();
    const GatedBlock out = apply_to_two_heads(ScoreBias{at::full({4, 10, 40}, 2.0, at::kFloat)}, scores);
    EXPECT_TRUE(at::equal(scores, before)) << "the model's own scores are left alone";
    EXPECT_TRUE(at::equal(out.scores_HQK[0], before[0]));
    EXPECT_TRUE(at::equal(out.scores_HQK[1], before[1].add(2.0)));
    EXPECT_TRUE(at::equal(out.scores_HQK[2], before[2].add(2.0)));
    EXPECT_TRUE(at::equal(out.scores_HQK[3], before[3]));
    EXPECT_FALSE(out.keep_HQK.defined());
}

TEST(GateRun, NewScoresNeverOpenAForbiddenKey) {
    const at::Tensor scores = block_scores();
    const GatedBlock out = apply_to_two_heads(NewScores{at::full({1, 10, 40}, 5.0, at::kFloat)}, scores);
    EXPECT_TRUE(at::equal(out.scores_HQK[0], scores[0]));
    EXPECT_EQ(out.scores_HQK[1][0][30].item<float>(), 5.0f);
    EXPECT_EQ(out.scores_HQK[1][0][31].item<float>(), -kInfinity);
}

TEST(GateRun, AnOutputOfItsOwnIsGivenForItsHeadsAlone) {
    const GatedBlock out = apply_to_two_heads(HeadOutput{at::full({4, 10, 8}, 3.0, at::kFloat)}, block_scores());
    EXPECT_EQ(out.own_output, (std::vector<bool>{false, true, true, false}));
    EXPECT_EQ(out.z_HQE.sizes(), at::IntArrayRef({4, 10, 8}));
    EXPECT_EQ(out.z_HQE[2][9][7].item<float>(), 3.0f);
}

TEST(GateRun, HeadsOutsideTheTermKeepEverything) {
    const at::Tensor scores = block_scores();
    const GatedBlock out = apply_to_two_heads(KeyRanking{scores}, scores);
    EXPECT_EQ(out.keep_HQK[1][9].sum().item<std::int64_t>(), 3);
    EXPECT_EQ(out.keep_HQK[2][9].sum().item<std::int64_t>(), 3);
    EXPECT_TRUE(at::equal(out.keep_HQK[0], scores[0].gt(-kInfinity)));
    EXPECT_TRUE(at::equal(out.keep_HQK[3], scores[3].gt(-kInfinity)));
}

TEST(GateRun, OneMaskServesAllHeads) {
    at::Tensor mask = at::zeros({1, 10, 40}, at::kBool);
    mask[0][9][5] = true;
    const GatedBlock out = apply_to_two_heads(KeyMask{mask}, block_scores());
    EXPECT_EQ(out.keep_HQK[1][9].sum().item<std::int64_t>(), 1);
    EXPECT_TRUE(out.keep_HQK[1][9][5].item<bool>());
    EXPECT_TRUE(out.keep_HQK[2][0][30].item<bool>()) << "an empty set is the own key";
}

TEST(GateRun, TouchesOnlyTheLayersThatTermsName) {
    const GateRun run(parse_gate("oracle:k=4@2-3+dense@5"));
    EXPECT_FALSE(run.touches(1));
    EXPECT_TRUE(run.touches(2));
    EXPECT_FALSE(run.touches(5));
    EXPECT_FALSE(GateRun(parse_gate("dense")).touches(0));
}

}  // namespace
}  // namespace gatescope
