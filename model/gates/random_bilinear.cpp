#include "model/gates/random_bilinear.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <cmath>

#include "model/core/error.h"
#include "model/gates/random_arrays.h"

namespace gatescope {
namespace {

at::Tensor random_array(NormalStream stream, const BilinearShape& shape) {
    const double deviation = 1.0 / std::sqrt(static_cast<double>(shape.d_model));
    at::Tensor out_HDC = at::empty({shape.n_heads, shape.d_model, shape.gate_dim}, at::kFloat);
    float* values = out_HDC.data_ptr<float>();
    const std::int64_t count = shape.d_model * shape.gate_dim;
    at::parallel_for(0, shape.n_heads, 1, [&](std::int64_t begin, std::int64_t end) {
        NormalStream own = stream;
        for (own.head = begin; own.head < end; ++own.head)
            fill_normals(own, deviation, {values + own.head * count, static_cast<std::size_t>(count)});
    });
    return out_HDC;
}

}  // namespace

BilinearArrays random_arrays(std::int64_t seed, const BilinearShape& shape) {
    return {random_array({seed, shape.layer, 0, kQueryArray}, shape),
            random_array({seed, shape.layer, 0, kKeyArray}, shape)};
}

ParamSpec gate_dim_param() {
    return {.key = "gate_dim",
            .label = "Gate width",
            .help = "How many channels the gate compares a query and a key by.",
            .initial = std::int64_t{32},
            .least = 1,
            .most = 4096,
            .logarithmic = true};
}

std::unique_ptr<Gate> random_bilinear_gate(const GateTerm& term, BilinearGate::Use use) {
    const std::int64_t seed = integer(term.values, "seed"), gate_dim = integer(term.values, "gate_dim");
    const bool rope = flag(term.values, "rope");
    if (rope && gate_dim % 2 != 0)
        throw Failure(FailureKind::kUsage, "gate_dim=" + std::to_string(gate_dim) + " can't be rotated in pairs",
                      "gate " + term.id, "give an even gate_dim, or leave rope=1 out");
    const auto source = [seed, gate_dim](const LayerInput& layer) {
        const BilinearArrays drawn =
            random_arrays(seed, {layer.layer, layer.q_HTE.size(0), layer.x_TD.size(1), gate_dim});
        return BilinearArrays{drawn.query_HDC.to(layer.x_TD.device()), drawn.key_HDC.to(layer.x_TD.device())};
    };
    return std::make_unique<BilinearGate>(source, use, rope);
}

}  // namespace gatescope
