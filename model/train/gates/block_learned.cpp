// Scores of blocks c of b keys for query i, (xq_i A_h) . (xk_c B_h) / sqrt(gate_dim), xk the mean x of the block's keys
// that the query may use: of its own block those up to itself, which is xq_i. A block that a sliding window cuts counts
// whole. With Q = xq A / sqrt(gate_dim), K = xk B and O = xq B (own blocks): G = Q K^T, but q_i . o_i in the own
// column. Shapes: H query head, Q query, B block, K key, T token, D d_model, C gate_dim.
#include "model/gates/block_learned.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "model/train/gates/gates.h"
#include "model/train/projection.h"

namespace gatescope {
namespace {

class BlockGraph final : public ScoreGraph {
  public:
    BlockGraph(const LayerInput& input, const GateArrays& arrays, const TrainShape& shape)
        : reach_(input.reach),
          keys_per_block_(shape.keys_per_block),
          blocks_(std::max<std::int64_t>(1, shape.k / shape.keys_per_block)),
          so_far_TD_(means_so_far(input.x_TD.to(at::kFloat), keys_per_block_)),
          shrink_(1.0 / std::sqrt(static_cast<double>(arrays[0].size(2)))) {
        const at::Tensor x_1TD = input.x_TD.to(at::kFloat).unsqueeze(0);
        means_BD_ = block_means(x_1TD, keys_per_block_).squeeze(0);
        query_HTC_ = head_projection(so_far_TD_, arrays[0]).mul(shrink_).contiguous();
        own_HTC_ = head_projection(so_far_TD_, arrays[1]).contiguous();
        // One block more than there are whole ones: the last query's may be only begun.
        const at::Tensor whole_HBC = head_projection(means_BD_, arrays[1]);
        key_HBC_ = at::constant_pad_nd(whole_HBC, {0, 0, 0, 1}).contiguous();
        query_gradient_HTC_ = at::zeros_like(query_HTC_);
        own_gradient_HTC_ = at::zeros_like(own_HTC_);
        key_gradient_HBC_ = at::zeros_like(key_HBC_);
    }

    ColumnRange columns(std::int64_t query) const override {
        return {reach_.begin(query) / keys_per_block_, query / keys_per_block_ + 1};
    }

    at::Tensor scores(const PatternBlock& block) override {
        const at::Tensor query_HQC = query_HTC_.slice(1, block.query_begin, block.query_end);
        at::Tensor scores_HQB = at::bmm(query_HQC, key_HBC_.narrow(1, 0, n_columns(block)).transpose(1, 2));
        const at::Tensor own_HQ1 =
            query_HQC.mul(own_HTC_.slice(1, block.query_begin, block.query_end)).sum(-1, /*keepdim=*/true);
        return scores_HQB.scatter_(2, own_column(block), own_HQ1);
    }

    at::Tensor pattern(const PatternBlock& block) const override {
        const std::int64_t columns = n_columns(block), missing = columns * keys_per_block_ - block.query_end;
        return at::constant_pad_nd(block.pattern_HQK, {0, missing})
            .unflatten(2, {columns, keys_per_block_})
            .sum(-1)
            .contiguous();
    }

    // The blocks with most of the pattern, the query's own always among them.
    at::Tensor oracle(const PatternBlock& block) const override {
        at::Tensor mass_HQB = pattern(block).scatter(2, own_column(block), 2.0);
        const std::int64_t count = std::min(blocks_, mass_HQB.size(2));
        const at::Tensor best_HQN =
            std::get<1>(mass_HQB.sort(/*stable=*/true, -1, /*descending=*/true)).narrow(2, 0, count);
        return at::zeros_like(mass_HQB).scatter(2, best_HQN, 1.0);
    }

    void backward(const PatternBlock& block, const at::Tensor& gradient_HQB) override {
        const at::Tensor column = own_column(block);
        const at::Tensor own_HQ1 = gradient_HQB.gather(2, column);
        const at::Tensor others_HQB = gradient_HQB.scatter(2, column, 0.0);
        const at::Tensor query_HQC = query_HTC_.slice(1, block.query_begin, block.query_end);
        const auto rows = [&](const at::Tensor& x_HTC) { return x_HTC.slice(1, block.query_begin, block.query_end); };
        at::Tensor keys_HBC = key_gradient_HBC_.narrow(1, 0, n_columns(block));
        rows(query_gradient_HTC_)
            .copy_(at::bmm(others_HQB, key_HBC_.narrow(1, 0, n_columns(block))) + own_HQ1 * rows(own_HTC_));
        rows(own_gradient_HTC_).copy_(own_HQ1 * query_HQC);
        keys_HBC.add_(at::bmm(others_HQB.transpose(1, 2), query_HQC));
    }

    GateArrays gradients() override {
        const at::Tensor whole_HBC = key_gradient_HBC_.narrow(1, 0, means_BD_.size(0));
        return {projection_gradient(so_far_TD_, query_gradient_HTC_).mul_(shrink_),
                projection_gradient(means_BD_, whole_HBC).add_(projection_gradient(so_far_TD_, own_gradient_HTC_))};
    }

  private:
    std::int64_t n_columns(const PatternBlock& block) const { return (block.query_end - 1) / keys_per_block_ + 1; }
    // [H, Q, 1]: the column of each query's own block.
    at::Tensor own_column(const PatternBlock& block) const {
        const at::TensorOptions options = query_HTC_.options().dtype(at::kLong);
        return at::arange(block.query_begin, block.query_end, options)
            .floor_divide(keys_per_block_)
            .view({1, -1, 1})
            .expand({query_HTC_.size(0), -1, 1});
    }

    KeyReach reach_;
    std::int64_t keys_per_block_, blocks_;
    at::Tensor so_far_TD_, means_BD_;
    double shrink_;
    at::Tensor query_HTC_, own_HTC_, key_HBC_;
    at::Tensor query_gradient_HTC_, own_gradient_HTC_, key_gradient_HBC_;
};

}  // namespace

TrainableGate trainable_block_learned() {
    TrainableGate out;
    out.id = "block-learned";
    out.arrays = {"block_query", "block_key"};
    out.learning_rate = 1e-2;
    out.takes_block = true;
    out.random = random_bilinear;
    out.from_kernel = nullptr;
    out.graph = [](const LayerInput& input, const GateArrays& arrays,
                   const TrainShape& shape) -> std::unique_ptr<ScoreGraph> {
        return std::make_unique<BlockGraph>(input, arrays, shape);
    };
    out.gate = [](const GateTerm& term, ArraySource source) {
        return block_learned_from(term, [source = std::move(source)](const LayerInput& layer) {
            const GateArrays arrays = source(layer);
            return BilinearArrays{arrays[0], arrays[1]};
        });
    };
    out.deploy = [](ParamValues& values, const TrainShape& shape) { values["b"] = shape.keys_per_block; };
    return out;
}

}  // namespace gatescope
