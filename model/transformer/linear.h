#pragma once
// A weight matrix at work. On the CPU it is kept in oneDNN's blocked order, which more than doubles the speed of
// float32 and lets bias, activation, product and sum run inside the multiplication; elsewhere it is a plain tensor.

#include <ATen/core/Tensor.h>

#include <optional>

#include "model/config.h"

namespace gatescope {

class Linear {
  public:
    Linear() = default;
    // weight_OI: [out, in], float32 or bfloat16; bias_O: [out] of the same type, undefined where there is none. On the
    // CPU both are copied, so their memory may be used again.
    explicit Linear(const at::Tensor& weight_OI, const at::Tensor& bias_O = {});

    // With y = x W^T + bias:
    at::Tensor apply(const at::Tensor& x_TI) const;                                // y
    at::Tensor apply(const at::Tensor& x_TI, Activation activation) const;         // activation(y)
    at::Tensor apply_times(const at::Tensor& x_TI, const at::Tensor& z_TO) const;  // y * z
    at::Tensor apply_plus(const at::Tensor& x_TI, const at::Tensor& z_TO) const;   // y + z
    // y * activation(gate(x))
    at::Tensor apply_gated(const at::Tensor& x_TI, const Linear& gate, Activation activation) const;

    // [out, in] where it is kept so; undefined where it is packed.
    at::Tensor plain_weight() const { return packed_ ? at::Tensor() : weight_; }
    // The weights as they came, [out, in]: what stands packed is put in plain order again, bit by bit.
    at::Tensor weight_OI() const;

  private:
    at::Tensor plain(const at::Tensor& x_TI) const;

    at::Tensor weight_;
    std::optional<at::Tensor> bias_O_;
    bool packed_ = false;
};

// The function itself, what a fused one is tested against. May work in place.
at::Tensor activate(at::Tensor x, Activation activation);

// x w^T for a w that changes every time (keys, values): oneDNN on the CPU, which is faster than BLAS there.
at::Tensor times_transpose(const at::Tensor& x_TI, const at::Tensor& w_OI);

}  // namespace gatescope
