#pragma once
// What `random` and `soft-random` share: a bilinear gate whose arrays are drawn once and never trained.

#include "model/gates/bilinear.h"

namespace gatescope {

// A and B of a layer, N(0, 1/d), on x's device.
BilinearArrays random_arrays(std::int64_t seed, const LayerInput& layer, std::int64_t gate_dim);

ParamSpec gate_dim_param();  // gate_dim: 32
// The gate of a term with gate_dim, seed and rope. Throws Failure(kUsage) where they do not go together.
std::unique_ptr<Gate> random_bilinear_gate(const GateTerm& term, BilinearGate::Use use);

}  // namespace gatescope
