#pragma once
// A weight matrix at work. On the CPU it is kept in oneDNN's blocked order, which more than doubles the speed of
// float32 and lets activation, product and sum run inside the multiplication; elsewhere it is a plain tensor.

#include <ATen/core/Tensor.h>

namespace gatescope {

class Linear {
  public:
    Linear() = default;
    // weight_OI: [out, in], float32 or bfloat16. On the CPU it is copied, so its memory may be used again.
    explicit Linear(const at::Tensor& weight_OI);

    at::Tensor apply(const at::Tensor& x_TI) const;                                // x W^T
    at::Tensor apply_silu(const at::Tensor& x_TI) const;                           // silu(x W^T)
    at::Tensor apply_times(const at::Tensor& x_TI, const at::Tensor& y_TO) const;  // (x W^T) * y
    at::Tensor apply_plus(const at::Tensor& x_TI, const at::Tensor& y_TO) const;   // x W^T + y

  private:
    at::Tensor weight_;
    bool packed_ = false;
};

// x w^T for a w that changes every time (keys, values): oneDNN on the CPU, which is faster than BLAS there.
at::Tensor times_transpose(const at::Tensor& x_TI, const at::Tensor& w_OI);

}  // namespace gatescope
