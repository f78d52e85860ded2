#pragma once

#include "model/config.h"
#include "model/layer_kernel.h"
#include "model/transformer/rope.h"

namespace gatescope {

// A layer seen as its projections, LayerWeights or TrainedLayer. What it is given outlives it.
template <typename Layer>
class DecoderKernel final : public LayerKernel {
  public:
    DecoderKernel(const ModelConfig& config, const Layer& weights, const RopeTable::Slice& rope)
        : config_(config), weights_(weights), rope_(rope) {}

    QueriesAndKeys weights() const override;
    QueriesAndKeys project(const at::Tensor& x_TD) const override;
    QueriesAndKeys finish(const QueriesAndKeys& changed, const QueriesAndKeys& unchanged) const override;

  private:
    const ModelConfig& config_;
    const Layer& weights_;
    RopeTable::Slice rope_;
};

}  // namespace gatescope
