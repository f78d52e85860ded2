#pragma once
// A kernel W = A^T B as a sum of routing planes and filtering axes, with their directions in d_model: by way of the
// core of its two factors, never D x D. E d_head, D d_model, P planes, A axes. All float64, on the CPU.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace gatescope {

// (W - W^T) / 2 is the sum of value (u v^T - v u^T) over planes, (W + W^T) / 2 that of value w w^T over axes: x W y^T
// of two rows is the sum of value ((x.u) (y.v) - (x.v) (y.u)) and of value (x.w) (y.w).
struct KernelComponents {
    at::Tensor plane_P;                            // descending, positive
    at::Tensor u_PD, v_PD;                         // orthonormal, all planes' together
    at::Tensor axis_A;                             // signed, descending by magnitude
    at::Tensor w_AD;                               // orthonormal
    double skew_energy = 0, symmetric_energy = 0;  // squared norms of the two parts
};

// Of W = A^T B, finite: up to `count` planes and axes, those of no weight left out.
KernelComponents components_of(const at::Tensor& a_ED, const at::Tensor& b_ED, std::int64_t count);

}  // namespace gatescope
