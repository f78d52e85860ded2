#pragma once

#include <cstdint>

#include "model/kernels/kernel_reader.h"

namespace gatescope {

// The control "random projections" of DEFINITIONS.md section 6: the layer with Gaussian W_q and W_k of equal Frobenius
// norm, head by head; gain and scale stay. What the gate of that name runs with, for the same seed.
LayerProjections random_projections(const LayerProjections& learned, std::int64_t layer, std::int64_t seed);

}  // namespace gatescope
