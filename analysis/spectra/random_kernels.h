#pragma once
// The control "random kernels" of DEFINITIONS.md section 6.

#include <cstdint>

#include "analysis/spectra/spectra_results.h"
#include "model/core/job_context.h"

namespace gatescope {

// Of kernels A B^T, A and B Gaussian [d_model, d_head], each scaled to norm 1. Throws Cancelled.
RandomKernels random_kernels(std::int64_t d_head, std::int64_t d_model, std::int64_t seed, JobContext& job);

}  // namespace gatescope
