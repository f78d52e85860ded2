// A gate that starts from the head's own projections. Shapes: H head, T token, E d_head, D d_model.
#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/gates/bilinear.h"
#include "tests/model/train/train_fixture.h"

namespace gatescope {
namespace {

using testing_support::Layer;

ModelConfig config_of(std::int64_t rope_dims) {
    ModelConfig out;
    out.n_heads = 4;
    out.n_kv_heads = 2;
    out.d_model = 16;
    out.d_head = 8;
    out.rope_dims = rope_dims;
    return out;
}

at::Tensor gate_scores(const LayerInput& input, const GateArrays& arrays, bool rope) {
    const GateSides sides = bilinear_sides(input.x_TD, {arrays[0], arrays[1]}, rope ? input.rope_base : 0);
    return bilinear_scores(sides.query_HTC, sides.key_HTC);
}

// The head's scores by its projections, turned or not.
at::Tensor head_scores(const LayerInput& input, bool rope) {
    const QueriesAndKeys plain = input.kernel->project(input.x_TD);
    const at::Tensor k_HTE = plain.k_GTE.repeat_interleave(2, 0);
    const auto turned = [&](const at::Tensor& x) { return rope ? rotated(x, input.rope_base) : x; };
    return at::matmul(turned(plain.q_HTE), turned(k_HTE).transpose(1, 2)) * input.scale;
}

TEST(KernelStart, OfAllADHeadIsTheHeadItself) {
    const Layer layer;
    const LayerInput input = layer.input();
    for (const bool rope : {false, true}) {
        const GateArrays arrays = trainable_gate("learned").from_kernel(
            input, config_of(8), {.k = 8, .gate_dim = 8, .keys_per_block = 4, .index_heads = 1, .rope = rope});
        const at::Tensor wanted = head_scores(input, rope);
        EXPECT_LT((gate_scores(input, arrays, rope) - wanted).abs().max().item<double>(),
                  1e-4 * wanted.abs().max().item<double>());
    }
}

TEST(KernelStart, WithoutRotationIsTheBestApproximationOfItsRank) {
    const Layer layer;
    const LayerInput input = layer.input();
    const TrainShape shape{.k = 8, .gate_dim = 3, .keys_per_block = 4, .index_heads = 1};
    const GateArrays arrays = trainable_gate("learned").from_kernel(input, config_of(8), shape);
    const QueriesAndKeys weights = input.kernel->weights();
    const at::Tensor kernel =
        at::matmul(weights.q_HTE.transpose(1, 2), weights.k_GTE.repeat_interleave(2, 0)) * input.scale;
    const at::Tensor values = at::linalg_svdvals(kernel);
    const at::Tensor gate = at::matmul(arrays[0], arrays[1].transpose(1, 2)) / std::sqrt(3.0);
    for (std::int64_t head = 0; head < 4; ++head)
        EXPECT_NEAR((kernel - gate)[head].norm().item<double>(), values[head].slice(0, 3).norm().item<double>(), 1e-3);
}

TEST(KernelStart, WithRotationTakesThePairsThatTurnAsItsOwn) {
    const Layer layer;
    const LayerInput input = layer.input();
    const TrainShape shape{.k = 8, .gate_dim = 4, .keys_per_block = 4, .index_heads = 1, .rope = true};
    const GateArrays arrays = trainable_gate("learned").from_kernel(input, config_of(8), shape);
    // Pairs 0 and 2 of the head's four: channels 0, 4 and 2, 6.
    const QueriesAndKeys plain = input.kernel->project(input.x_TD);
    const at::Tensor channel = at::tensor({1, 0, 1, 0, 1, 0, 1, 0}, at::kFloat);
    const at::Tensor q = rotated(plain.q_HTE, input.rope_base) * channel;
    const at::Tensor k = rotated(plain.k_GTE.repeat_interleave(2, 0), input.rope_base) * channel;
    const at::Tensor wanted = at::matmul(q, k.transpose(1, 2)) * input.scale;
    EXPECT_LT((gate_scores(input, arrays, true) - wanted).abs().max().item<double>(),
              1e-4 * wanted.abs().max().item<double>());
}

TEST(KernelStart, RefusesWhatAHeadDoesNotHave) {
    const LayerInput input = Layer().input();
    const auto start = [&](std::int64_t gate_dim, bool rope, std::int64_t rope_dims) {
        return trainable_gate("learned").from_kernel(
            input, config_of(rope_dims),
            {.k = 8, .gate_dim = gate_dim, .keys_per_block = 4, .index_heads = 1, .rope = rope});
    };
    EXPECT_THROW(start(9, false, 8), Failure);
    EXPECT_THROW(start(6, true, 8), Failure);
    EXPECT_THROW(start(4, true, 4), Failure);
}

}  // namespace
}  // namespace gatescope
