#pragma once
// Where a decoder's weights come from: a checkpoint, or parameters in memory. D d_model, V d_vocab.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/families/canonical_tensors.h"
#include "model/transformer/embedding_rows.h"
#include "model/transformer/parameters.h"
#include "model/transformer/weights.h"

namespace gatescope {

class WeightSource {
  public:
    virtual ~WeightSource() = default;
    virtual std::vector<CanonicalTensor> tensors() const = 0;
    // Fills `out`: contiguous, on the CPU, float32 or bfloat16, of the canonical shape. Throws Failure(kBadFile).
    virtual void read(const CanonicalTensor& tensor, const at::Tensor& out) const = 0;
    // The embedding to look rows up in, of `dtype`, where it isn't to be held beside the unembedding that it is tied
    // to.
    virtual EmbeddingRows embedding_rows(at::ScalarType dtype) const = 0;
};

std::unique_ptr<WeightSource> weights_of_checkpoint(const std::shared_ptr<const CheckpointReader>& checkpoint,
                                                    const ModelConfig& config);
// The values as they are now, whatever becomes of them later.
std::unique_ptr<WeightSource> weights_of_parameters(const Parameters& parameters);

Weights load_weights(const WeightSource& source, const ModelConfig& config, at::Device device, at::ScalarType dtype,
                     JobContext& job);

}  // namespace gatescope
