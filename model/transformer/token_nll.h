#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

namespace gatescope {

// out_n = ln sum exp(logits_n) - logits_n[target_n] in nats, summed in float64. logits_NV: float32 or bfloat16.
void nll_rows(const at::Tensor& logits_NV, std::span<const std::int32_t> targets, std::span<float> out);
// The same in ATen operations: any device, and what the fast one is tested against.
void nll_rows_generic(const at::Tensor& logits_NV, std::span<const std::int32_t> targets, std::span<float> out);

}  // namespace gatescope
