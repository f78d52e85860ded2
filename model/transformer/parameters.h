#pragma once
// The weights of a decoder as training sees them: float32 tensors by their canonical names, in place of the packed ones
// that analyses run on.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/core/job_context.h"
#include "model/families/canonical_tensors.h"
#include "model/transformer/transformer.h"

namespace gatescope {

// A leaf of autograd: float32, contiguous, of the canonical shape. It is trained where it requires a gradient.
struct Parameter {
    CanonicalTensor canonical;
    at::Tensor value;
};
// All of a model's, in the order of canonical_tensors().
using Parameters = std::vector<Parameter>;

// Of a checkpoint. Throws Failure(kBadFile) naming the tensor, Cancelled.
Parameters load_parameters(const std::shared_ptr<const CheckpointReader>& checkpoint, const ModelConfig& config,
                           at::Device device, JobContext& job);

// First values for a model trained from scratch, drawn from `seed` alone, the same on every device: matrices and
// embeddings N(0, deviation^2), those whose output joins the residual stream divided by sqrt(2 n_layers) (GPT-2), gains
// 1, biases 0.
Parameters random_parameters(const ModelConfig& config, std::int64_t seed, double deviation, at::Device device);

// A decoder for analyses on a copy of the values as they are now.
std::unique_ptr<Transformer> make_transformer(const ModelConfig& config, const Parameters& parameters,
                                              at::Device device, DataType dtype);

}  // namespace gatescope
