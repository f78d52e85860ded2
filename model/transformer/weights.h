#pragma once
// The weights of a decoder on their device. D d_model.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/core/job_context.h"
#include "model/transformer/linear.h"

namespace gatescope {

struct LayerWeights {
    at::Tensor attention_norm_D;  // norm gains stay float32
    Linear qkv;                   // query, key and value rows stacked: one multiplication instead of three
    Linear attention_out;
    at::Tensor mlp_norm_D;
    Linear mlp_gate, mlp_up, mlp_down;
};

struct Weights {
    at::Tensor embedding_VD;
    std::vector<LayerWeights> layers;
    at::Tensor final_norm_D;
    Linear unembedding;  // of the embedding itself where tied
    std::uint64_t parameter_count = 0;
};

// Reads, checks (finite) and places all weights; progress in tensors. Throws Failure(kBadFile) naming the tensor,
// Cancelled.
Weights load_weights(const CheckpointReader& checkpoint, const ModelConfig& config, at::Device device,
                     at::ScalarType dtype, JobContext& job);

// Bytes that load_weights() will hold.
std::uint64_t weight_bytes(const ModelConfig& config, at::ScalarType dtype);

}  // namespace gatescope
