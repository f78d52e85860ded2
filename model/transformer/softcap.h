#pragma once

#include <ATen/core/Tensor.h>

namespace gatescope {

// x becomes cap * tanh(x / cap) in place (Gemma 2's soft-capping); cap 0: nothing happens. x: float32, contiguous.
void cap_softly(const at::Tensor& x, double cap);
// The same in ATen operations: any device, and what the fast one is tested against.
void cap_softly_generic(const at::Tensor& x, double cap);

}  // namespace gatescope
