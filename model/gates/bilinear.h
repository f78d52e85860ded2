#pragma once
// The bilinear gate of DEFINITIONS.md section 4, g_ij = (x_i A_h) . (x_j B_h) / sqrt(gate_dim), in differentiable ATen
// operations: what its gates apply and what trains them. H query head, T token, Q query, K key, D d_model, C gate_dim.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "model/gates/gate.h"
#include "model/transformer/linear.h"

namespace gatescope {

struct BilinearArrays {
    at::Tensor query_HDC, key_HDC;  // A and B, float32
};

// x A_h for all heads by one product: [T, D] and [H, D, C] give [H, T, C].
at::Tensor head_projection(const at::Tensor& x_TD, const at::Tensor& array_HDC);

// RoPE of all channels, half-split pairs, as a bilinear gate with rope=1 has it; direction -1 turns back.
at::Tensor rotated(const at::Tensor& x_HTC, double base, double direction = 1);

// x A / sqrt(gate_dim) and x B: scores are the products of their rows.
struct GateSides {
    at::Tensor query_HTC, key_HTC;
};
// With rope_base > 0 both are rotated by their positions: half-split pairs over all channels.
GateSides bilinear_sides(const at::Tensor& x_TD, const BilinearArrays& arrays, double rope_base = 0);
// [H, Q, K]: of the heads, queries and keys that `query_HQC` and `key_HKC` hold.
at::Tensor bilinear_scores(const at::Tensor& query_HQC, const at::Tensor& key_HKC);

// A bilinear gate at work, wherever its arrays come from.
class BilinearGate final : public Gate {
  public:
    enum class Use {
        kRanking,  // the k best are kept
        kBias,     // ln sigmoid(g) is added to the scores
    };
    // Asked once a layer; throws Failure where there is none.
    using Source = std::function<BilinearArrays(const LayerInput& layer)>;
    BilinearGate(Source source, Use use, bool rope);

    // In training differentiable by x and by the arrays, whose values are those of the call.
    void begin_batch(const LayerInput& layer, const at::Tensor& x_BTD) override;
    void prepare(const LayerInput& layer, const GateContext& context) override;
    GateEffect apply(const QueryBlock& block) const override;
    bool reads_scores() const override { return false; }

  private:
    void prepare_trained(const LayerInput& layer, std::int64_t place);
    GateEffect apply_trained() const;

    Source source_;
    Use use_;
    bool rope_;
    std::map<std::int64_t, Linear> layers_;           // A and B of all heads beside each other: one product a window
    std::map<std::int64_t, BilinearArrays> trained_;  // as the source gave them: what is written to them counts
    std::vector<at::Tensor> batch_T2HC_;              // of every window of the batch: x A, then x B
    GateSides sides_;
    bool trains_ = false;  // the window at work
    KeyReach reach_;
};

}  // namespace gatescope
