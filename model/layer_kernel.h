#pragma once
// A layer's query and key projections, for gates that change a head's kernel W_q W_k^T itself. H query head, G
// key/value head, T token, E d_head, D d_model.

#include <ATen/core/Tensor.h>

namespace gatescope {

// Queries and keys of a window; key heads are G, or H where each query head has keys of its own.
struct QueriesAndKeys {
    at::Tensor q_HTE, k_GTE;
};

class LayerKernel {
  public:
    virtual ~LayerKernel() = default;
    // W_q as [H, E, D], W_k as [G, E, D], float32.
    virtual QueriesAndKeys weights() const = 0;
    // x W_q + b_q and x W_k + b_k in float32, before QK-norm and rotation.
    virtual QueriesAndKeys project(const at::Tensor& x_TD) const = 0;
    // QK-norm and rotation of changed projections, keys one row a query head. The norm's divisors are those of
    // `unchanged`, so that no head depends on another's change.
    virtual QueriesAndKeys finish(const QueriesAndKeys& changed, const QueriesAndKeys& unchanged) const = 0;
};

}  // namespace gatescope
