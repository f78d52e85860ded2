#pragma once
// Products of float32 matrices, shared among torch's threads, by oneDNN's small kernels behind ATen's brgemm: on
// float32 as fast as its large ones, on rounded bfloat16 with float32 results. T is what is multiplied: float or
// at::BFloat16. N rows, I in, O out.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

namespace gatescope {

// A float32 matrix in memory whose columns are neighbours.
struct MatrixView {
    const float* data = nullptr;
    std::int64_t rows = 0, columns = 0, stride = 0;  // stride: from row to row
};

// Calls task(n) for 0 .. n_tasks - 1, each on the next free thread.
void for_tasks(std::int64_t n_tasks, const std::function<void(std::int64_t task)>& task);

// The right factor of a product, [K, N], in panels of kPanel columns.
template <typename T>
class Panels {
  public:
    static constexpr std::int64_t kPanel = 64;
    // matrix, or its transpose. float32 that is not transposed stays where it is.
    Panels(const MatrixView& matrix, bool transposed);

    std::int64_t depth() const { return depth_; }      // K, padded to what the processor multiplies at once
    std::int64_t columns() const { return columns_; }  // N
    std::int64_t stride() const { return stride_; }
    const T* at(std::int64_t panel, std::int64_t k) const { return data_ + panel * panel_stride_ + k * stride_; }

  private:
    void pack_transposed(const MatrixView& matrix);
    void pack(const MatrixView& matrix);

    std::int64_t depth_ = 0, columns_ = 0, stride_ = 0, panel_stride_ = 0;
    at::Tensor packed_;
    const T* data_ = nullptr;
};

// out_NO = left_NI right_IO + bias_O (nullptr: none).
template <typename T>
void multiply(const MatrixView& left_NI, const Panels<T>& right_IO, const float* bias_O, float* out_NO);

// out_OI = left_NO^T right_NI; column sums of left to sums_O (nullptr: not asked for).
template <typename T>
void multiply_transposed(const MatrixView& left_NO, const Panels<T>& right_NI, float* out_OI, float* sums_O);

}  // namespace gatescope
