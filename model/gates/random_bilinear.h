#pragma once
// What `random` and `soft-random` share: a bilinear gate whose arrays are drawn once and never trained.

#include "model/gates/bilinear.h"

namespace gatescope {

// What determines the draw beside the seed.
struct BilinearShape {
    std::int64_t layer = 0, n_heads = 0, d_model = 0, gate_dim = 0;
};
// A and B of a layer, N(0, 1/d), as `random` has them; on the CPU.
BilinearArrays random_arrays(std::int64_t seed, const BilinearShape& shape);

ParamSpec gate_dim_param();  // gate_dim: 32
// The gate of a term with gate_dim, seed and rope. Throws Failure(kUsage) where they do not go together.
std::unique_ptr<Gate> random_bilinear_gate(const GateTerm& term, BilinearGate::Use use);

}  // namespace gatescope
