// g_ij = sum_m w_im ReLU(z_mij), z_mij = a_im . b_j, held to the mean pattern of the layer's heads. dz_mij = dg_ij w_im
// where z_mij > 0, dw_im = sum_j dg_ij ReLU(z_mij), da = dz b, db = dz^T a.
// Shapes: M index head, R its width, Q query, K key, T token, D d_model.
#include "model/gates/indexer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "model/gates/random_arrays.h"
#include "model/train/gates/gates.h"
#include "model/train/projection.h"

namespace gatescope {
namespace {

constexpr std::uint32_t kWeightArray = 3;

class IndexerGraph final : public ScoreGraph {
  public:
    IndexerGraph(const LayerInput& input, const GateArrays& arrays, const TrainShape& shape)
        : reach_(input.reach),
          k_(shape.k),
          x_TD_(input.x_TD.to(at::kFloat)),
          sides_(indexer_sides(x_TD_, {arrays[0], arrays[1], arrays[2]})) {
        sides_.query_MTR = sides_.query_MTR.contiguous();
        query_gradient_MTR_ = at::zeros_like(sides_.query_MTR);
        key_gradient_TR_ = at::zeros_like(sides_.key_TR);
        weight_gradient_TM_ = at::zeros_like(sides_.weight_TM);
    }

    ColumnRange columns(std::int64_t query) const override { return {reach_.begin(query), query + 1}; }

    at::Tensor scores(const PatternBlock& block) override {
        agreement_MQK_ = at::relu(at::matmul(query_rows(block), sides_.key_TR.slice(0, 0, block.query_end).t()));
        return agreement_MQK_.mul(weight_rows(block).t().unsqueeze(2)).sum(0, /*keepdim=*/true);
    }
    at::Tensor pattern(const PatternBlock& block) const override {
        return block.pattern_HQK.mean({0}, /*keepdim=*/true);
    }
    at::Tensor oracle(const PatternBlock& block) const override { return best_columns(pattern(block), block, k_); }

    void backward(const PatternBlock& block, const at::Tensor& gradient_1QK) override {
        weight_gradient_TM_.slice(0, block.query_begin, block.query_end)
            .copy_(agreement_MQK_.mul(gradient_1QK).sum(-1).t());
        const at::Tensor inner_MQK = gradient_1QK.mul(weight_rows(block).t().unsqueeze(2)).mul(agreement_MQK_.gt(0));
        query_gradient_MTR_.slice(1, block.query_begin, block.query_end)
            .copy_(at::matmul(inner_MQK, sides_.key_TR.slice(0, 0, block.query_end)));
        key_gradient_TR_.slice(0, 0, block.query_end)
            .add_(at::mm(inner_MQK.flatten(0, 1).t(), query_rows(block).flatten(0, 1)));
    }

    GateArrays gradients() override {
        return {projection_gradient(x_TD_, query_gradient_MTR_), at::mm(x_TD_.t(), key_gradient_TR_),
                at::mm(x_TD_.t(), weight_gradient_TM_)};
    }

  private:
    at::Tensor query_rows(const PatternBlock& block) const {
        return sides_.query_MTR.slice(1, block.query_begin, block.query_end);
    }
    at::Tensor weight_rows(const PatternBlock& block) const {
        return sides_.weight_TM.slice(0, block.query_begin, block.query_end);
    }

    KeyReach reach_;
    std::int64_t k_;
    at::Tensor x_TD_;
    IndexerSides sides_;
    at::Tensor agreement_MQK_;
    at::Tensor query_gradient_MTR_, key_gradient_TR_, weight_gradient_TM_;
};

GateArrays random_indexer(const LayerInput& input, const TrainShape& shape) {
    const std::int64_t d_model = input.x_TD.size(1), heads = shape.index_heads, width = shape.gate_dim;
    const double deviation = 1.0 / std::sqrt(static_cast<double>(d_model));
    const auto draw = [&](at::IntArrayRef size, std::uint32_t array) {
        at::Tensor out = at::empty(size, at::kFloat);
        fill_normals({shape.seed, input.layer, 0, array}, deviation,
                     {out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
        return out.to(input.x_TD.device());
    };
    return {draw({heads, d_model, width}, kQueryArray), draw({d_model, width}, kKeyArray),
            draw({d_model, heads}, kWeightArray)};
}

}  // namespace

TrainableGate trainable_indexer() {
    TrainableGate out;
    out.id = "indexer";
    out.arrays = {"index_query", "index_key", "index_weight"};
    out.learning_rate = 1e-2;
    out.takes_index_heads = true;
    out.random = random_indexer;
    out.from_kernel = nullptr;
    out.graph = [](const LayerInput& input, const GateArrays& arrays,
                   const TrainShape& shape) -> std::unique_ptr<ScoreGraph> {
        return std::make_unique<IndexerGraph>(input, arrays, shape);
    };
    out.gate = [](const GateTerm&, ArraySource source) {
        return indexer_from([source = std::move(source)](const LayerInput& layer) {
            const GateArrays arrays = source(layer);
            return IndexerArrays{arrays[0], arrays[1], arrays[2]};
        });
    };
    out.deploy = [](ParamValues&, const TrainShape&) {};
    return out;
}

}  // namespace gatescope
