#pragma once
// A layer's query and key projections, read from a checkpoint's file without building a transformer: never more than a
// layer at a time. H query head, G key/value head, E d_head, D d_model.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/families.h"
#include "model/transformer/weight_reader.h"

namespace gatescope {

// Float32, on the CPU, contiguous; rows in canonical order, so that rotated channels are half-split pairs.
struct LayerProjections {
    at::Tensor q_HED, k_GED;  // no biases, no gains of QK-norm
    // Of the norm whose output x is, Gemma's 1 + weight; ones where x is no norm's output (OLMo 2).
    at::Tensor gain_D;
    double scale = 0;  // of the scores
};

class KernelReader {
  public:
    // `checkpoint` outlives the reader. Throws Failure as bind_tensors() does.
    KernelReader(const CheckpointReader& checkpoint, const ModelConfig& config);
    KernelReader(const KernelReader&) = delete;
    KernelReader& operator=(const KernelReader&) = delete;

    // Lets go of the file's pages. Throws Failure(kBadFile) naming the tensor; kUsage where there is no such layer.
    LayerProjections read(std::int64_t layer) const;
    const ModelConfig& config() const { return config_; }

  private:
    struct Bound {
        BoundTensor query, key, gain;  // gain.info is nullptr where there is none
    };
    at::Tensor read_heads(const BoundTensor& tensor, std::int64_t n_heads) const;

    ModelConfig config_;
    WeightReader reader_;
    std::vector<Bound> layers_;
};

}  // namespace gatescope
