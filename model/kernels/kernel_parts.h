#pragma once
// The skew-symmetric (routing) and the symmetric (filtering) part of a kernel, by way of a small core that has the same
// values. N size of the core.

#include <ATen/core/Tensor.h>

namespace gatescope {

// float64, on the CPU, descending.
struct KernelParts {
    at::Tensor skew_N;         // singular values of (C - C^T) / 2, which come in equal pairs
    at::Tensor symmetric_N;    // eigenvalues of (C + C^T) / 2, signed
    double norm = 0;           // of C, Frobenius
    double skew_fraction = 0;  // of the squared norm that is the skew part's; NaN for a zero core
};

// Of a kernel V C V^T, V with orthonormal columns: the core C [N, N], float64, finite, on the CPU. A part whose
// norm is below 1e-13 of the core's is rounding, and all its values are 0.
KernelParts parts_of(const at::Tensor& core_NN);

// L [N, N] with L L^T = `gram_NN`, a matrix of inner products, positive semidefinite but for rounding: float64, finite,
// on the CPU. Lower triangular unless the matrix is singular.
struct GramFactor {
    at::Tensor factor_NN;
    bool triangular = true;
};
GramFactor factor_of(const at::Tensor& gram_NN);

}  // namespace gatescope
