// Gradients derived by hand and streamed over blocks of queries, against torch's own through the differentiable scores
// that gates are run with, and against differences of the loss. Shapes: H head, S gate's head, T token, B block.
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/gates/block_learned.h"
#include "model/gates/indexer.h"
#include "tests/model/train/train_fixture.h"

namespace gatescope {
namespace {

using testing_support::Layer;
using testing_support::TrainWorld;

struct Case {
    std::string gate, loss;
    bool rope = false;
    std::int64_t sliding_window = 0;
};

const TrainShape kShape{.k = 8, .gate_dim = 6, .keys_per_block = 4, .index_heads = 3, .rope = false, .seed = 2};

// What a gate is held to, all T x T at once.
struct Whole {
    at::Tensor scores_STK, pattern_STK, oracle_STK, allowed_TK;
};

at::Tensor best(const at::Tensor& values, std::int64_t k, const at::Tensor& allowed) {
    const at::Tensor masked = values.masked_fill(allowed.logical_not(), -1e30);
    const at::Tensor index = std::get<1>(at::topk(masked, std::min(k, values.size(-1)), -1));
    return at::zeros_like(masked).scatter(-1, index, 1.0).mul(allowed);
}

Whole whole_bilinear(const TrainWorld& world, const GateArrays& arrays, const TrainShape& shape) {
    const GateSides sides =
        bilinear_sides(world.input.x_TD, {arrays[0], arrays[1]}, shape.rope ? world.input.rope_base : 0);
    const at::Tensor allowed = world.layer.allowed();
    return {bilinear_scores(sides.query_HTC, sides.key_HTC), at::softmax(world.scores_HTT, -1),
            best(world.scores_HTT, shape.k, allowed), allowed};
}

Whole whole_indexer(const TrainWorld& world, const GateArrays& arrays, const TrainShape& shape) {
    const IndexerSides sides = indexer_sides(world.input.x_TD, {arrays[0], arrays[1], arrays[2]});
    const at::Tensor mean = at::softmax(world.scores_HTT, -1).mean({0}, true), allowed = world.layer.allowed();
    return {indexer_scores(sides.query_MTR, sides.key_TR, sides.weight_TM).unsqueeze(0), mean,
            best(mean, shape.k, allowed), allowed};
}

// Of 40 tokens in blocks of 4.
Whole whole_blocks_learned(const TrainWorld& world, const GateArrays& arrays, const TrainShape& shape) {
    const std::int64_t width = shape.keys_per_block;
    const BlockFeatures features =
        block_learned_features(world.input.x_TD, {arrays[0], arrays[1]}, width, /*tails=*/false);
    const at::Tensor own = head_projection(means_so_far(world.input.x_TD, width), arrays[1]);
    const at::Tensor block_T1 = at::arange(world.layer.tokens, at::kLong).floor_divide(width).unsqueeze(1);
    const at::Tensor is_own = at::arange(features.block_GBF.size(1), at::kLong).eq(block_T1);
    const at::Tensor scores = at::matmul(features.query_HTF, features.block_GBF.transpose(1, 2));
    const at::Tensor own_scores = (features.query_HTF * own).sum(-1, true);
    const at::Tensor pattern = at::softmax(world.scores_HTT, -1).unflatten(2, {-1, width}).sum(-1);
    const at::Tensor allowed = world.layer.allowed().unflatten(1, {-1, width}).any(-1);
    return {at::where(is_own, own_scores, scores), pattern,
            best(pattern + is_own.to(at::kFloat), shape.k / width, allowed), allowed};
}

Whole whole(const std::string& gate, const TrainWorld& world, const GateArrays& arrays, const TrainShape& shape) {
    if (gate == "learned") return whole_bilinear(world, arrays, shape);
    return gate == "indexer" ? whole_indexer(world, arrays, shape) : whole_blocks_learned(world, arrays, shape);
}

class GateGradients : public testing::TestWithParam<Case> {
  protected:
    static Layer layer() {
        Layer out;
        out.sliding_window = GetParam().sliding_window;
        return out;
    }
    static TrainShape shape() {
        TrainShape out = kShape;
        out.rope = GetParam().rope;
        return out;
    }
    const TrainWorld world_{layer()};
    const TrainableGate& gate_ = trainable_gate(GetParam().gate);
    const LossEntry& loss_ = loss_entry(GetParam().loss);
    const GateArrays arrays_ = gate_.random(world_.input, shape());
};

TEST_P(GateGradients, AreThoseOfTheWholeLossByAutograd) {
    GateArrays leaves;
    for (const at::Tensor& array : arrays_) leaves.push_back(array.clone().set_requires_grad(true));
    const Whole all = whole(GetParam().gate, world_, leaves, shape());
    const at::Tensor target = loss_.on_sets ? all.oracle_STK : all.pattern_STK;
    const at::Tensor loss = loss_.value_aten(all.scores_STK, target, all.allowed_TK);
    loss.backward();
    EXPECT_NEAR(world_.loss(gate_, loss_, arrays_, shape()), loss.item<double>(), 1e-4 * loss.item<double>());
    const GateArrays gradients = world_.gradients(gate_, loss_, arrays_, shape());
    ASSERT_EQ(gradients.size(), leaves.size());
    for (std::size_t n = 0; n < leaves.size(); ++n) {
        ASSERT_EQ(gradients[n].sizes(), arrays_[n].sizes());
        const double size = leaves[n].grad().abs().max().item<double>();
        EXPECT_GT(size, 1e-3);
        EXPECT_LT((gradients[n] - leaves[n].grad()).abs().max().item<double>(), 1e-5 * size + 1e-5) << gate_.arrays[n];
    }
}

TEST_P(GateGradients, AreSlopesOfTheLoss) {
    const GateArrays gradients = world_.gradients(gate_, loss_, arrays_, shape());
    for (std::size_t n = 0; n < arrays_.size(); ++n) {
        const at::Tensor direction = gradients[n] / gradients[n].norm();
        const auto at_distance = [&](double distance) {
            GateArrays moved = arrays_;
            moved[n] = moved[n] + direction * distance;
            return world_.loss(gate_, loss_, moved, shape());
        };
        const double slope = (at_distance(0.002) - at_distance(-0.002)) / 0.004;
        EXPECT_NEAR(slope, gradients[n].norm().item<double>(), 0.02 * slope) << gate_.arrays[n];
    }
}

TEST_P(GateGradients, DoNotDependOnHowQueriesAreCutIntoBlocks) {
    const GateArrays small = world_.gradients(gate_, loss_, arrays_, shape(), 3);
    const GateArrays large = world_.gradients(gate_, loss_, arrays_, shape(), 40);
    for (std::size_t n = 0; n < small.size(); ++n)
        EXPECT_LT((small[n] - large[n]).abs().max().item<double>(), 1e-5 * (1 + large[n].abs().max().item<double>()));
}

INSTANTIATE_TEST_SUITE_P(Kinds, GateGradients,
                         testing::Values(Case{"learned", "kl"}, Case{"learned", "bce"}, Case{"learned", "kl", true},
                                         Case{"learned", "bce", true}, Case{"learned", "kl", true, 9},
                                         Case{"block-learned", "kl"}, Case{"block-learned", "bce"},
                                         Case{"block-learned", "kl", false, 12}, Case{"indexer", "kl"},
                                         Case{"indexer", "bce"}, Case{"indexer", "kl", false, 9}),
                         [](const auto& one) {
                             std::string name = one.param.gate + "_" + one.param.loss;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name + (one.param.rope ? "_rope" : "") +
                                    (one.param.sliding_window > 0 ? "_window" : "");
                         });

TEST(BlockGraph, ServesATextThatEndsInsideABlock) {
    Layer layer;
    layer.tokens = 38;
    const TrainWorld world(layer);
    const TrainableGate& gate = trainable_gate("block-learned");
    const GateArrays arrays = gate.random(world.input, kShape);
    const LossEntry& loss = loss_entry("kl");
    const GateArrays gradients = world.gradients(gate, loss, arrays, kShape);
    const at::Tensor direction = gradients[1] / gradients[1].norm();
    const auto at_distance = [&](double distance) {
        return world.loss(gate, loss, {arrays[0], arrays[1] + direction * distance}, kShape);
    };
    const double slope = (at_distance(0.002) - at_distance(-0.002)) / 0.004;
    EXPECT_NEAR(slope, gradients[1].norm().item<double>(), 0.02 * slope);
}

TEST(TrainableGates, AreTheCataloguesGatesThatNeedAFileOfTheirOwnKind) {
    for (const TrainableGate& gate : trainable_kinds()) {
        EXPECT_TRUE(gate_info(gate.id).traits.trainable) << gate.id;
        EXPECT_TRUE(gate_info(gate.id).traits.needs_file) << gate.id;
    }
    EXPECT_THROW((void)trainable_gate("lerned"), Failure);
}

}  // namespace
}  // namespace gatescope
