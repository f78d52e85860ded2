// What training end to end through a gate can learn: nothing through the set of a hard one, everything through a soft
// one's bias. Shapes: H head, T token, E d_head, D d_model, C gate_dim.
#include <ATen/TensorOperators.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/sum.h>
#include <gtest/gtest.h>

#include "model/gates/bilinear.h"
#include "model/gates/key_sets.h"
#include "model/transformer/attention.h"
#include "tests/model/gates/gate_fixture.h"

namespace gatescope {
namespace {

using testing_support::Layer;

constexpr std::int64_t kTokens = 24;

at::Tensor draw(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, at::detail::createCPUGenerator(seed), at::kFloat);
}

class Training : public testing::Test {
  protected:
    BilinearArrays arrays() const { return {draw({4, 16, 6}, 11), draw({4, 16, 6}, 12)}; }

    at::Tensor gate_scores(const BilinearArrays& from) const {
        const GateSides sides = bilinear_sides(input_.x_TD, from);
        return bilinear_scores(sides.query_HTC, sides.key_HTC);
    }
    // A loss of the layer's output, [] float32.
    at::Tensor loss(const PlainGate& gate) const { return (attend_plain(input_, gate) * wanted_).sum(); }

    at::Tensor hard_loss(const BilinearArrays& from) const {
        at::Tensor keep = at::zeros({4, kTokens, kTokens}, at::kBool);
        keep_best(gate_scores(from), {0, input_.reach, 5, 0, 0}, {0, 1, 2, 3}, keep);
        return loss({keep, {}});
    }
    at::Tensor soft_loss(const BilinearArrays& from) const { return loss({{}, at::log_sigmoid(gate_scores(from))}); }

    LayerInput input_ = Layer{.tokens = kTokens}.input();
    at::Tensor wanted_ = draw({kTokens, 32}, 13);
};

TEST_F(Training, AHardGateGetsAGradientOfExactlyZeroThroughItsMask) {
    BilinearArrays gate = arrays();
    gate.query_HDC.requires_grad_(true);
    gate.key_HDC.requires_grad_(true);
    input_.v_GTE.requires_grad_(true);  // there is something to train, but not the gate
    hard_loss(gate).backward();
    EXPECT_GT(input_.v_GTE.grad().abs().sum().item<float>(), 0.0F);
    for (const at::Tensor& array : {gate.query_HDC, gate.key_HDC})
        EXPECT_TRUE(!array.grad().defined() || array.grad().abs().max().item<float>() == 0.0F);
}

TEST_F(Training, AHardGatesArraysChangeTheLossOnlyByJumps) {
    const BilinearArrays gate = arrays();
    const float before = hard_loss(gate).item<float>();
    const BilinearArrays close{gate.query_HDC * 1.00001, gate.key_HDC};
    EXPECT_EQ(hard_loss(close).item<float>(), before);
    const BilinearArrays far{-gate.query_HDC, gate.key_HDC};
    EXPECT_NE(hard_loss(far).item<float>(), before);
}

TEST_F(Training, ASoftGateGetsTheGradientThatAFiniteDifferenceFinds) {
    for (const bool query : {true, false}) {
        BilinearArrays gate = arrays();
        at::Tensor& array = query ? gate.query_HDC : gate.key_HDC;
        array.requires_grad_(true);
        soft_loss(gate).backward();
        const at::Tensor gradient = array.grad().clone();
        ASSERT_GT(gradient.norm().item<double>(), 0.0);
        const at::Tensor direction = gradient / gradient.norm();
        const auto at_distance = [&](double step) {
            BilinearArrays moved = arrays();
            (query ? moved.query_HDC : moved.key_HDC).add_(direction, step);
            return soft_loss(moved).item<double>();
        };
        const double slope = (at_distance(0.02) - at_distance(-0.02)) / 0.04;
        EXPECT_NEAR(slope, gradient.norm().item<double>(), 0.02 * slope);
    }
}

}  // namespace
}  // namespace gatescope
