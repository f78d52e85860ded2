#pragma once

#include <ATen/core/Tensor.h>

#include "model/config.h"

namespace gatescope {

// A norm and its weights. Statistics are float32, the result has x's dtype. D the last dimension.
struct Norm {
    NormKind kind = NormKind::kRms;
    double epsilon = 0;
    at::Tensor gain_D, bias_D;  // float32; an RMS norm has no bias

    bool present() const { return gain_D.defined(); }
    // kRms: x / sqrt(mean(x^2) + epsilon) * gain; kLayer: (x - mean) / sqrt(variance + epsilon) * gain + bias.
    at::Tensor apply(const at::Tensor& x_TD) const;
    at::Tensor apply_plus(const at::Tensor& x_TD, const at::Tensor& z_TD) const { return apply(x_TD).add_(z_TD); }
    // The same in ATen operations: any device, and what the fast one is tested against.
    at::Tensor apply_generic(const at::Tensor& x_TD) const;
};

}  // namespace gatescope
