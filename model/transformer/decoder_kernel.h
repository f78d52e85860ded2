#pragma once

#include "model/layer_kernel.h"
#include "model/transformer/rope.h"
#include "model/transformer/weights.h"

namespace gatescope {

// A decoder's layer seen as its projections. What it is given outlives it.
class DecoderKernel final : public LayerKernel {
  public:
    DecoderKernel(const ModelConfig& config, const LayerWeights& weights, const RopeTable::Slice& rope)
        : config_(config), weights_(weights), rope_(rope) {}

    QueriesAndKeys weights() const override;
    QueriesAndKeys project(const at::Tensor& x_TD) const override;
    QueriesAndKeys finish(const QueriesAndKeys& changed, const QueriesAndKeys& unchanged) const override;

  private:
    const ModelConfig& config_;
    const LayerWeights& weights_;
    RopeTable::Slice rope_;
};

}  // namespace gatescope
