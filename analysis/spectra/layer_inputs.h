#pragma once
// What a layer's attention sees, from a checkpoint's file: of a residual stream, and of the vocabulary as if each
// token's embedding were the stream. T token, D d_model.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/families.h"
#include "model/transformer/norm.h"
#include "model/transformer/weight_reader.h"

namespace gatescope {

class LayerInputs {
  public:
    // `checkpoint` outlives it. Throws Failure as bind_tensors() does.
    LayerInputs(const CheckpointReader& checkpoint, const ModelConfig& config, std::int64_t layer);
    LayerInputs(const LayerInputs&) = delete;
    LayerInputs& operator=(const LayerInputs&) = delete;

    // x [T, D], float32 on the CPU, of the stream that enters the layer.
    at::Tensor of_stream(const at::Tensor& resid_TD) const;
    // x of the ids [first, first + count): their embeddings scaled, with the first token type, through the embedding's
    // norm and the layer's. Learned positions are left out. BERT's stream is normed where it is made: there it is the
    // norm at the end of the layer before.
    at::Tensor of_vocabulary(std::int64_t first, std::int64_t count) const;
    // Lets go of the file's pages: after the last of_vocabulary().
    void release() const;

  private:
    Norm read_norm(const std::vector<BoundTensor>& tensors, Weight gain, Weight bias, std::int64_t layer) const;

    const CheckpointReader& checkpoint_;
    ModelConfig config_;
    WeightReader reader_;
    BoundTensor embedding_;
    at::Tensor token_type_D_;  // undefined: none
    Norm embedding_norm_, input_norm_;
    bool input_is_embedding_norm_ = false;  // BERT's first layer
};

}  // namespace gatescope
