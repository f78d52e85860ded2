// Shapes: H query head, E d_head, D d_model, C gate_dim.
#include "model/train/gates/kernel_start.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/matmul.h>

#include <cmath>

#include "model/core/error.h"
#include "model/gates/layer_scores.h"
#include "model/layer_kernel.h"

namespace gatescope {
namespace {

// Keys repeated, so that every query head has its own: [H, E, D] both.
QueriesAndKeys weights_of(const LayerInput& input) {
    const QueriesAndKeys all = input.kernel->weights();
    return {all.q_HTE, for_query_heads(all.k_GTE, all.q_HTE.size(0))};
}

GateArrays best_approximation(const QueriesAndKeys& weights, std::int64_t gate_dim, double scale) {
    const auto [query_basis_HDE, query_core_HEE] = at::linalg_qr(weights.q_HTE.transpose(1, 2));
    const auto [key_basis_HDE, key_core_HEE] = at::linalg_qr(weights.k_GTE.transpose(1, 2));
    const auto [left_HEE, values_HE, right_HEE] =
        at::linalg_svd(at::matmul(query_core_HEE, key_core_HEE.transpose(1, 2)) * scale);
    const at::Tensor root_H1C = values_HE.narrow(1, 0, gate_dim).sqrt().unsqueeze(1);
    return {at::matmul(query_basis_HDE, left_HEE.narrow(2, 0, gate_dim)) * root_H1C,
            at::matmul(key_basis_HDE, right_HEE.narrow(1, 0, gate_dim).transpose(1, 2)) * root_H1C};
}

GateArrays rotation_pairs(const QueriesAndKeys& weights, std::int64_t rope_dims, std::int64_t gate_dim, double scale) {
    const std::int64_t step = rope_dims / gate_dim;
    const at::Tensor first = at::arange(0, rope_dims / 2, step, weights.q_HTE.options().dtype(at::kLong));
    const at::Tensor channels_C = at::cat({first, first + rope_dims / 2});
    const double root = std::sqrt(scale);
    return {weights.q_HTE.index_select(1, channels_C).transpose(1, 2) * root,
            weights.k_GTE.index_select(1, channels_C).transpose(1, 2) * root};
}

void check(const ModelConfig& model, const TrainShape& shape) {
    const std::string dims = std::to_string(shape.gate_dim);
    if (shape.gate_dim > model.d_head)
        throw Failure(FailureKind::kUsage, "a head's kernel has only " + std::to_string(model.d_head) + " dimensions",
                      "--gate-dim " + dims, "give at most those, or leave --start kernel out");
    if (!shape.rope) return;
    if (model.rope_dims != model.d_head)
        throw Failure(FailureKind::kUnsupported, "the model rotates only a part of its heads", "--start kernel --rope",
                      "leave one of the two out");
    if (model.rope_dims % shape.gate_dim != 0)
        throw Failure(FailureKind::kUsage, dims + " channels can't turn as pairs of the head do",
                      "--start kernel --rope", "give a --gate-dim that divides " + std::to_string(model.rope_dims));
}

}  // namespace

GateArrays bilinear_of_kernel(const LayerInput& input, const ModelConfig& model, const TrainShape& shape) {
    check(model, shape);
    // The gate divides by sqrt(gate_dim).
    const double scale = input.scale * std::sqrt(static_cast<double>(shape.gate_dim));
    const QueriesAndKeys weights = weights_of(input);
    GateArrays out = shape.rope ? rotation_pairs(weights, model.rope_dims, shape.gate_dim, scale)
                                : best_approximation(weights, shape.gate_dim, scale);
    for (at::Tensor& array : out) array = array.contiguous();
    return out;
}

}  // namespace gatescope
