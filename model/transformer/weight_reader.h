#pragma once
// From a checkpoint's bytes to a canonical tensor: undoes stacking, transposition and row order, adds what a family
// keeps aside, and refuses NaN and infinity.

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/families/families.h"

namespace gatescope {

class WeightReader {
  public:
    // Both outlive the reader.
    WeightReader(const CheckpointReader& checkpoint, const ModelConfig& config);

    // Fills `out`: contiguous, on the CPU, float32 or bfloat16, of the canonical shape. Large tensors are shared out
    // among torch's threads. Throws Failure(kBadFile) naming the tensor.
    void read(const BoundTensor& tensor, const at::Tensor& out) const;

    // Fills row n of `out`, as above, with row rows[n] of a matrix that is not transposed.
    void read_rows(const BoundTensor& tensor, std::span<const std::int32_t> rows, const at::Tensor& out) const;

    // Fills `out`, as above, with the rows of a matrix that is not transposed from first_row on. The file's pages stay:
    // release them after the last.
    void read_slice(const BoundTensor& tensor, std::int64_t first_row, const at::Tensor& out) const;

  private:
    void read_vector(const BoundTensor& tensor, const at::Tensor& out) const;
    void read_columns(const BoundTensor& tensor, const at::Tensor& out) const;
    template <typename Value, typename Read>
    void each_run(const BoundTensor& tensor, std::int64_t first_row, std::int64_t width, std::span<Value> out,
                  Read read) const;
    // Rows [first_row, ...) into element `first` of `out` and on.
    void read_piece(const BoundTensor& tensor, std::int64_t first_row, std::int64_t count, std::int64_t first,
                    const at::Tensor& out) const;
    // Rows [first_row, ...) of the canonical matrix, each where stored_row() says. The second: only where the file has
    // bfloat16, else false.
    bool copy_bfloat16(const BoundTensor& tensor, std::int64_t first_row, std::int64_t width,
                       std::span<std::uint16_t> out) const;
    void gather_rows(const BoundTensor& tensor, std::int64_t first_row, std::int64_t width, std::span<float> out) const;
    void finish(const BoundTensor& tensor, std::span<float> values) const;

    const CheckpointReader& checkpoint_;
    const ModelConfig& config_;
};

}  // namespace gatescope
