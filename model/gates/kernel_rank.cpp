// Shapes: H query head, G key/value head, E d_head, D d_model, N the smaller of both, R rank.
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_pinv.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/matmul.h>

#include <algorithm>

#include "model/gates/gate_params.h"
#include "model/gates/kernel_gate.h"
#include "model/layer_kernel.h"

namespace gatescope {
namespace {

// The triangular factor [N, E] of a head's [E, D] weights acting on row vectors, float64: all that the directions below
// depend on, as the orthonormal factor cancels.
at::Tensor triangular(const at::Tensor& weight_ED) {
    return std::get<1>(at::linalg_qr(weight_ED.to(at::kCPU, at::kDouble).t(), "r"));
}

// pinv(W) U U^T W of W = Q R, U = Q `directions_NR`.
at::Tensor onto(const at::Tensor& triangular_NE, const at::Tensor& directions_NR) {
    return at::matmul(at::linalg_pinv(triangular_NE),
                      at::matmul(directions_NR, at::matmul(directions_NR.t(), triangular_NE)));
}

class KernelRank final : public KernelGate {
  public:
    explicit KernelRank(std::int64_t rank) : rank_(rank) {}

  private:
    Change change(const LayerInput& layer) const override {
        const QueriesAndKeys weights = layer.kernel->weights();  // [H, E, D], [G, E, D]
        const std::int64_t n_heads = weights.q_HTE.size(0), d_head = weights.q_HTE.size(1);
        const std::int64_t shared = n_heads / weights.k_GTE.size(0);
        Change out{at::empty({n_heads, d_head, d_head}, at::kFloat), at::empty({n_heads, d_head, d_head}, at::kFloat)};
        for (std::int64_t head = 0; head < n_heads; ++head) {
            const at::Tensor query_NE = triangular(weights.q_HTE.select(0, head));
            const at::Tensor key_NE = triangular(weights.k_GTE.select(0, head / shared));
            const auto [left_NN, values_N, right_NN] = at::linalg_svd(at::matmul(query_NE, key_NE.t()));
            const std::int64_t rank = std::min(rank_, left_NN.size(1));
            out.query_HEE.select(0, head).copy_(onto(query_NE, left_NN.narrow(1, 0, rank)));
            out.key_HEE.select(0, head).copy_(onto(key_NE, right_NN.narrow(0, 0, rank).t()));
        }
        return {out.query_HEE.to(layer.x_TD.device()), out.key_HEE.to(layer.x_TD.device())};
    }

    std::int64_t rank_;
};

}  // namespace

GateEntry kernel_rank_gate() {
    GateEntry entry = intervention_entry(
        {.id = "kernel-rank",
         .label = "Kernel of rank r",
         .help = "The head's kernel W_q W_k becomes its best approximation of rank r before rotation.",
         .granularity = {},
         .source = "routing and filtering",
         .params = {rank_param()},
         .traits = {},
         .cautions = {.rope = "With RoPE the leading directions cut across the planes that it turns, so that "
                              "perplexity can be poor even at a high r: a result about content kernels, not a fault.",
                      .qk_norm = "With QK-norm the projected queries and keys keep the divisor of the unchanged ones: "
                                 "the kernel is of rank r before the norm's gain."}});
    sweep_rank(entry);
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> {
        return std::make_unique<KernelRank>(integer(term.values, "r"));
    };
    return entry;
}

}  // namespace gatescope
