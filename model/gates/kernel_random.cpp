// Shapes: H query head, E d_head, R rank.
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>

#include <algorithm>

#include "model/gates/gate_params.h"
#include "model/gates/kernel_gate.h"
#include "model/gates/random_arrays.h"

namespace gatescope {
namespace {

class KernelRandom final : public KernelGate {
  public:
    KernelRandom(std::int64_t rank, std::int64_t seed) : rank_(rank), seed_(seed) {}

  private:
    // The same projection P P^T for queries and keys, P an orthonormal basis of Gaussian directions.
    Change change(const LayerInput& layer) const override {
        const std::int64_t n_heads = layer.q_HTE.size(0), d_head = layer.q_HTE.size(2), rank = std::min(rank_, d_head);
        at::Tensor projection_HEE = at::empty({n_heads, d_head, d_head}, at::kFloat);
        for (std::int64_t head = 0; head < n_heads; ++head) {
            const at::Tensor drawn_ER = at::empty({d_head, rank}, at::kFloat);
            fill_normals({seed_, layer.layer, head, kSubspaceArray}, 1.0,
                         {drawn_ER.data_ptr<float>(), static_cast<std::size_t>(drawn_ER.numel())});
            const at::Tensor basis_ER = std::get<0>(at::linalg_qr(drawn_ER.to(at::kDouble)));
            projection_HEE.select(0, head).copy_(at::matmul(basis_ER, basis_ER.t()));
        }
        projection_HEE = projection_HEE.to(layer.x_TD.device());
        return {projection_HEE, projection_HEE};
    }

    std::int64_t rank_, seed_;
};

}  // namespace

GateEntry kernel_random_gate() {
    GateEntry entry = intervention_entry(
        {.id = "kernel-random",
         .label = "Random kernel of rank r",
         .help = "Queries and keys are projected onto the same random r-dimensional subspace of head space before "
                 "rotation, the control beside kernel-rank.",
         .granularity = {},
         .source = "routing and filtering",
         .params = {rank_param(), seed_param()},
         .traits = {.seeded = true},
         .cautions = {.rope = "With RoPE random directions cut across the planes that it turns, so that perplexity can "
                              "be poor even at a high r: a result about content kernels, not a fault.",
                      .qk_norm = "With QK-norm the projected queries and keys keep the divisor of the unchanged "
                                 "ones."}});
    sweep_rank(entry);
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> {
        return std::make_unique<KernelRandom>(integer(term.values, "r"), integer(term.values, "seed"));
    };
    return entry;
}

}  // namespace gatescope
