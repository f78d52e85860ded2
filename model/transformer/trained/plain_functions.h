#pragma once
// The functions of this folder in differentiable ATen operations: any device, and what the fast ones are tested
// against. Arguments as there.

#include <ATen/core/Tensor.h>

#include "model/config.h"
#include "model/transformer/trained/attention_function.h"

namespace gatescope {

at::Tensor plain_linear(const at::Tensor& x_NI, const at::Tensor& weight_OI, const at::Tensor& bias_O,
                        DataType compute);
at::Tensor plain_norm(const at::Tensor& x_ND, const at::Tensor& gain_D, const at::Tensor& bias_D, NormKind kind,
                      double epsilon);
at::Tensor plain_mean_nll(const at::Tensor& hidden_ND, const at::Tensor& unembedding_VD, const at::Tensor& bias_V,
                          const at::Tensor& targets_N, double softcap, DataType compute);
at::Tensor plain_attention(const TrainedHeads& heads, const at::Tensor& bias_BHQK, const at::Tensor& keep_BHQK,
                           DataType compute);
// plain_attention() without bias and mask by torch's fused kernels, for other devices; where it serves.
bool fused_attention_serves(const TrainedHeads& heads);
at::Tensor fused_attention(const TrainedHeads& heads, DataType compute);
at::Tensor plain_activation(const at::Tensor& x, Activation activation);

}  // namespace gatescope
