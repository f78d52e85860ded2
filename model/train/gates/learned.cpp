// g_ij = (x_i A_h) . (x_j B_h) / sqrt(gate_dim). With Q = x A / sqrt(gate_dim) and K = x B, both turned where RoPE is
// on, G = Q K^T: dQ = dG K, dK = dG^T Q, turned back; dA = x^T dQ / sqrt(gate_dim), dB = x^T dK. Shapes: H query head,
// Q query, K key, T token, D d_model, C gate_dim.
#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "model/gates/bilinear.h"
#include "model/gates/random_bilinear.h"
#include "model/train/gates/gates.h"
#include "model/train/gates/kernel_start.h"
#include "model/train/projection.h"

namespace gatescope {
namespace {

class BilinearGraph final : public ScoreGraph {
  public:
    BilinearGraph(const LayerInput& input, const GateArrays& arrays, const TrainShape& shape)
        : reach_(input.reach),
          x_TD_(input.x_TD.to(at::kFloat)),
          rope_base_(shape.rope ? input.rope_base : 0),
          k_(shape.k),
          shrink_(1.0 / std::sqrt(static_cast<double>(arrays[0].size(2)))) {
        const GateSides sides = bilinear_sides(x_TD_, {arrays[0], arrays[1]}, rope_base_);
        query_HTC_ = sides.query_HTC.contiguous();
        key_HTC_ = sides.key_HTC.contiguous();
        query_gradient_HTC_ = at::zeros_like(query_HTC_);
        key_gradient_HTC_ = at::zeros_like(key_HTC_);
    }

    ColumnRange columns(std::int64_t query) const override { return {reach_.begin(query), query + 1}; }
    at::Tensor scores(const PatternBlock& block) override {
        return bilinear_scores(query_HTC_.slice(1, block.query_begin, block.query_end),
                               key_HTC_.slice(1, 0, block.query_end));
    }
    at::Tensor pattern(const PatternBlock& block) const override { return block.pattern_HQK; }
    at::Tensor oracle(const PatternBlock& block) const override { return best_columns(block.scores_HQK, block, k_); }

    void backward(const PatternBlock& block, const at::Tensor& gradient_HQK) override {
        query_gradient_HTC_.slice(1, block.query_begin, block.query_end)
            .copy_(at::bmm(gradient_HQK, key_HTC_.slice(1, 0, block.query_end)));
        at::Tensor keys_HKC = key_gradient_HTC_.slice(1, 0, block.query_end);
        keys_HKC.add_(at::bmm(gradient_HQK.transpose(1, 2), query_HTC_.slice(1, block.query_begin, block.query_end)));
    }

    GateArrays gradients() override {
        const auto back = [&](const at::Tensor& gradient_HTC) {
            return rope_base_ > 0 ? rotated(gradient_HTC, rope_base_, -1) : gradient_HTC;
        };
        return {projection_gradient(x_TD_, back(query_gradient_HTC_)).mul_(shrink_),
                projection_gradient(x_TD_, back(key_gradient_HTC_))};
    }

  private:
    KeyReach reach_;
    at::Tensor x_TD_;
    double rope_base_;
    std::int64_t k_;
    double shrink_;
    at::Tensor query_HTC_, key_HTC_, query_gradient_HTC_, key_gradient_HTC_;
};

}  // namespace

GateArrays random_bilinear(const LayerInput& input, const TrainShape& shape) {
    const BilinearArrays arrays =
        random_arrays(shape.seed, {input.layer, input.q_HTE.size(0), input.x_TD.size(1), shape.gate_dim});
    return {arrays.query_HDC.to(input.x_TD.device()), arrays.key_HDC.to(input.x_TD.device())};
}

TrainableGate trainable_learned() {
    TrainableGate out;
    out.id = "learned";
    out.arrays = {"query", "key"};
    out.learning_rate = 1e-2;
    out.takes_rope = true;
    out.random = random_bilinear;
    out.from_kernel = bilinear_of_kernel;
    out.graph = [](const LayerInput& input, const GateArrays& arrays,
                   const TrainShape& shape) -> std::unique_ptr<ScoreGraph> {
        return std::make_unique<BilinearGraph>(input, arrays, shape);
    };
    out.gate = [](const GateTerm& term, ArraySource source) -> std::unique_ptr<Gate> {
        return std::make_unique<BilinearGate>(
            [source = std::move(source)](const LayerInput& layer) {
                const GateArrays arrays = source(layer);
                return BilinearArrays{arrays[0], arrays[1]};
            },
            BilinearGate::Use::kRanking, flag(term.values, "rope"));
    };
    out.deploy = [](ParamValues& values, const TrainShape& shape) { values["rope"] = shape.rope; };
    return out;
}

}  // namespace gatescope
