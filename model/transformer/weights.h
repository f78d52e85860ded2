#pragma once
// The weights of a decoder on their device. D d_model, V d_vocab, P positions.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/core/job_context.h"
#include "model/transformer/embedding_rows.h"
#include "model/transformer/linear.h"
#include "model/transformer/lm_head.h"
#include "model/transformer/norm.h"
#include "model/transformer/rope.h"

namespace gatescope {

// What a recipe lacks stays empty (Norm::present()).
struct LayerWeights {
    Norm attention_norm;
    Linear qkv;  // query, key and value rows stacked: one multiplication instead of three
    QueryKeyNorms query_key_norms;
    Linear attention_out;
    Norm attention_post_norm;
    Norm mlp_norm;
    Linear mlp_gate, mlp_up, mlp_down;
    Norm mlp_post_norm;
};

struct Weights {
    EmbeddingRows embedding;
    at::Tensor position_PD;    // learned positions
    at::Tensor token_type_SD;  // S token types
    Norm embedding_norm;
    std::vector<LayerWeights> layers;
    Norm final_norm;
    LmHeadWeights head;
    std::uint64_t parameter_count = 0;
};

// Reads, checks (finite) and places all weights; progress in tensors. Throws Failure(kBadFile) naming the tensor,
// Cancelled.
Weights load_weights(const std::shared_ptr<const CheckpointReader>& checkpoint, const ModelConfig& config,
                     at::Device device, at::ScalarType dtype, JobContext& job);

// Bytes that load_weights() will hold.
std::uint64_t weight_bytes(const ModelConfig& config, at::ScalarType dtype);

}  // namespace gatescope
