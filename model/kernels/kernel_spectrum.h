#pragma once
// All figures of DEFINITIONS.md section 6 of one kernel W = A^T B, exact and in float64, through its cores of size E
// and 2 E: W itself is never formed. E d_head, D d_model.

#include <ATen/core/Tensor.h>

#include <vector>

namespace gatescope {

struct KernelSpectrum {
    std::vector<double> singular_values;   // of W: min(E, D), descending
    std::vector<double> skew_values;       // singular values of (W - W^T) / 2: min(2 E, D), descending, in pairs
    std::vector<double> symmetric_values;  // eigenvalues of (W + W^T) / 2: min(2 E, D), signed, descending
    double skew_fraction = 0, positivity = 0, directionality = 0;  // NaN, NaN, 0 of a kernel of zeros
};

// Of float64 [E, D] factors, finite. A part below the kernel's rounding is all zeros (kernel_parts.h).
KernelSpectrum kernel_spectrum(const at::Tensor& a_ED, const at::Tensor& b_ED);

}  // namespace gatescope
