#pragma once
// The embedding as rows to look up. On the CPU, an unembedding tied to it is kept in oneDNN's blocked order, out of
// which no row can be had: rather than hold the matrix twice, rows are then read from the checkpoint, a window's worth
// at a time. T tokens, D d_model, V d_vocab.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/families/families.h"

namespace gatescope {

class EmbeddingRows {
  public:
    EmbeddingRows() = default;
    // Rows in memory, on any device.
    explicit EmbeddingRows(at::Tensor rows_VD);
    // Rows of a checkpoint's tensor, given out as `dtype` on the CPU.
    EmbeddingRows(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config, BoundTensor tensor,
                  at::ScalarType dtype);

    // [T, D], a tensor of its own. Ids are in range. Throws Failure(kBadFile) where the checkpoint changed since it was
    // opened.
    at::Tensor select(std::span<const std::int32_t> ids) const;

  private:
    struct InFile;
    at::Tensor rows_VD_;
    std::shared_ptr<const InFile> in_file_;
};

}  // namespace gatescope
