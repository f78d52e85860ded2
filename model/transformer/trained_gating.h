#pragma once
// Attention of a batch under a gate, which speaks window by window; differentiable but for its sets. B window, T token,
// D d_model, H query head, E d_head.

#include <ATen/core/Tensor.h>

#include "model/config.h"
#include "model/hooks.h"
#include "model/transformer/trained_decoder.h"
#include "model/transformer/trained_heads.h"

namespace gatescope {

// A layer's input of each window of a batch. `layer` has all but the tensors.
std::vector<LayerInput> window_inputs(const LayerInput& layer, const at::Tensor& x_BTD, const BatchHeads& heads);

// [B * T, H * E]; `inputs`, the windows of x_BTD, have their kernel.
at::Tensor attend_gated(const std::vector<LayerInput>& inputs, const at::Tensor& x_BTD, const TrainBatch& batch,
                        DataType compute, JobContext& job);

}  // namespace gatescope
