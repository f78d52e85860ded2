// Shapes: H query head, G key/value head, T token, E d_head, D d_model.
#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include "model/gates/drawn_projections.h"
#include "model/gates/gate_params.h"
#include "model/gates/kernel_gate.h"
#include "model/layer_kernel.h"

namespace gatescope {
namespace {

// Drawn anew in every window: kept, they would take as much memory as the model's own.
class RandomProjections final : public ProjectionGate {
  public:
    explicit RandomProjections(std::int64_t seed) : seed_(seed) {}

  private:
    Projected project(const LayerInput& layer) override {
        const QueriesAndKeys weights = layer.kernel->weights();  // [H, E, D], [G, E, D]
        // What is left of a token of zeros.
        const QueriesAndKeys biases = layer.kernel->project(at::zeros({1, layer.x_TD.size(1)}, layer.x_TD.options()));
        const at::Tensor x_TD = layer.x_TD.to(at::kFloat);
        const auto drawn = [&](const at::Tensor& learned_HED, Projection which, const at::Tensor& bias_H1E) {
            const at::Tensor projection_HED =
                drawn_projections(learned_HED.to(at::kCPU), {seed_, layer.layer, 0, which}).to(x_TD.device());
            return at::matmul(x_TD, projection_HED.transpose(1, 2)) + bias_H1E;
        };
        const QueriesAndKeys changed{drawn(weights.q_HTE, Projection::kQuery, biases.q_HTE),
                                     drawn(weights.k_GTE, Projection::kKey, biases.k_GTE)};
        return {changed, changed};
    }

    std::int64_t seed_;
};

}  // namespace

GateEntry random_projections_gate() {
    GateEntry entry = intervention_entry(
        {.id = "random-projections",
         .label = "Random projections",
         .help = "W_q and W_k become Gaussian matrices of equal norm: what the model's perplexity owes to the kernels "
                 "that it learned.",
         .granularity = {},
         .source = "content-based routing",
         .params = {seed_param()},
         .traits = {.seeded = true}});
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> {
        return std::make_unique<RandomProjections>(integer(term.values, "seed"));
    };
    return entry;
}

}  // namespace gatescope
