#pragma once
// What a pre-pass of the dense model finds for the gates that need it (GateTraits::needs_means). H head, E d_head.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>

namespace gatescope {

// The mean output z of every head over all tokens of the run's windows, by layer: float32.
struct HeadMeans {
    std::map<std::int64_t, at::Tensor> z_HE;
};

}  // namespace gatescope
