// K: what is summed over.
#include "model/transformer/trained/matrix_products.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <type_traits>
#include <vector>

#include "model/transformer/tile_products.h"
#include "model/transformer/trained/gradient_rows.h"
#include "model/transformer/trained/tile_packing.h"

namespace gatescope {
namespace {

namespace blas = at::native::cpublas;

template <typename T>
constexpr bool kPairs = std::is_same_v<T, at::BFloat16>;

// Rows of a block, and what of K is summed at once: both blocks stay in a core's cache.
constexpr std::int64_t kRows = 128, kDepth = 512;

std::int64_t rounded_up(std::int64_t n, std::int64_t unit) {
    return (n + unit - 1) / unit * unit;
}

std::uint16_t* bits(at::BFloat16* values) {
    return reinterpret_cast<std::uint16_t*>(values);
}

template <typename T>
at::Tensor buffer(std::int64_t n) {
    return at::empty({n}, kPairs<T> ? at::kBFloat16 : at::kFloat);
}

// Memory to work in, as it comes.
template <typename T>
using Desk = std::unique_ptr<T[]>;
template <typename T>
Desk<T> desk_of(std::int64_t n) {
    return std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(n));
}

// A block of the left factor as it is multiplied.
template <typename T>
struct Block {
    const T* data = nullptr;
    std::int64_t stride = 0;
};

// Rows [begin, begin + count) of `left`, rounded into `desk` where T asks for it.
template <typename T>
Block<T> rows_of(const MatrixView& left, std::int64_t begin, std::int64_t count, std::int64_t depth, Desk<T>& desk) {
    const float* from = left.data + begin * left.stride;
    if constexpr (!kPairs<T>) {
        (void)count, (void)depth, (void)desk;
        return {from, left.stride};
    } else {
        desk = desk_of<T>(kRows * depth);
        for (std::int64_t row = 0; row < count; ++row) {
            round_row(from + row * left.stride, left.columns, bits(desk.get() + row * depth));
            if (depth > left.columns) desk.get()[row * depth + left.columns] = T(0.0F);
        }
        return {desk.get(), depth};
    }
}

// out += or = left right over a stretch of K, all panels.
template <typename T>
void panels_product(const Block<T>& left, std::int64_t rows, const Panels<T>& right, std::int64_t k, std::int64_t depth,
                    bool add, float* out, std::int64_t out_stride) {
    constexpr std::int64_t kPanel = Panels<T>::kPanel;
    for (std::int64_t column = 0; column < right.columns(); column += kPanel)
        blas::brgemm(rows, std::min(kPanel, right.columns() - column), depth, left.stride, right.stride(), out_stride,
                     add, left.data, right.at(column / kPanel, k), out + column, kPairs<T>);
}

}  // namespace

void for_tasks(std::int64_t n_tasks, const std::function<void(std::int64_t task)>& task) {
    std::atomic<std::int64_t> next{0};
    at::parallel_for(0, std::min<std::int64_t>(n_tasks, at::get_num_threads()), 1,
                     [&](std::int64_t begin, std::int64_t end) {
                         if (begin == end) return;
                         const TileThread thread;
                         for (std::int64_t n = next++; n < n_tasks; n = next++) task(n);
                     });
}

template <typename T>
Panels<T>::Panels(const MatrixView& matrix, bool transposed)
    : depth_(rounded_up(transposed ? matrix.columns : matrix.rows, kPairs<T> ? 2 : 1)),
      columns_(transposed ? matrix.rows : matrix.columns) {
    if constexpr (!kPairs<T>) {
        if (!transposed) {
            stride_ = matrix.stride;
            panel_stride_ = kPanel;
            data_ = matrix.data;
            return;
        }
    }
    stride_ = kPanel;
    panel_stride_ = depth_ * kPanel;
    packed_ = buffer<T>(rounded_up(columns_, kPanel) * depth_);
    data_ = packed_.template const_data_ptr<T>();
    if (transposed)
        pack_transposed(matrix);
    else
        pack(matrix);
}

// A pair of neighbours in a row of `matrix` is four bytes, like a float: pairs are transposed as floats are.
template <typename T>
void Panels<T>::pack_transposed(const MatrixView& matrix) {
    T* out = packed_.template data_ptr<T>();
    for_tasks(rounded_up(columns_, kPanel) / kPanel, [&](std::int64_t panel) {
        const std::int64_t first = panel * kPanel, count = std::min(kPanel, columns_ - first);
        const float* from = matrix.data + first * matrix.stride;
        T* to = out + panel * panel_stride_;
        if constexpr (!kPairs<T>) {
            transpose_tile(from, count, matrix.columns, matrix.stride, to, kPanel);
        } else {
            std::vector<float> pairs(static_cast<std::size_t>(count * depth_ / 2), 0.0F);
            for (std::int64_t row = 0; row < count; ++row)
                round_row(from + row * matrix.stride, matrix.columns,
                          reinterpret_cast<std::uint16_t*>(pairs.data() + row * depth_ / 2));
            transpose_tile(pairs.data(), count, depth_ / 2, depth_ / 2, reinterpret_cast<float*>(to), kPanel);
        }
    });
}

template <typename T>
void Panels<T>::pack(const MatrixView& matrix) {
    if constexpr (kPairs<T>) {
        constexpr std::int64_t kPairsAtOnce = 64;
        T* out = packed_.template data_ptr<T>();
        for_tasks(rounded_up(depth_ / 2, kPairsAtOnce) / kPairsAtOnce, [&](std::int64_t task) {
            const std::int64_t end = std::min(depth_ / 2, (task + 1) * kPairsAtOnce);
            for (std::int64_t pair = task * kPairsAtOnce; pair < end; ++pair) {
                const float* first = matrix.data + 2 * pair * matrix.stride;
                const float* second = 2 * pair + 1 < matrix.rows ? first + matrix.stride : nullptr;
                for (std::int64_t column = 0; column < columns_; column += kPanel)
                    round_row_pair(first + column, second == nullptr ? nullptr : second + column,
                                   std::min(kPanel, columns_ - column),
                                   bits(out + column / kPanel * panel_stride_ + 2 * pair * kPanel));
            }
        });
    }
}

template <typename T>
void multiply(const MatrixView& left_NI, const Panels<T>& right_IO, const float* bias_O, float* out_NO) {
    const std::int64_t width = right_IO.columns(), depth = right_IO.depth();
    for_tasks(rounded_up(left_NI.rows, kRows) / kRows, [&](std::int64_t task) {
        const std::int64_t begin = task * kRows, count = std::min(kRows, left_NI.rows - begin);
        Desk<T> desk;
        const Block<T> left = rows_of<T>(left_NI, begin, count, depth, desk);
        float* out = out_NO + begin * width;
        if (bias_O != nullptr)
            for (std::int64_t row = 0; row < count; ++row) std::copy_n(bias_O, width, out + row * width);
        for (std::int64_t k = 0; k < depth; k += kDepth)
            panels_product<T>({left.data + k, left.stride}, count, right_IO, k, std::min(kDepth, depth - k),
                              k > 0 || bias_O != nullptr, out, width);
    });
}

namespace {

// left_KO columns [begin, begin + count) of rows [k, k + depth) transposed, their sums added to sums_O.
template <typename T>
void transposed_block(const MatrixView& left, std::int64_t k, std::int64_t depth, std::int64_t begin,
                      std::int64_t count, float* desk, T* rounded, float* sums_O) {
    const std::int64_t given = std::min(depth, left.rows - k);
    transpose_tile(left.data + k * left.stride + begin, given, count, left.stride, desk, kDepth);
    for (std::int64_t row = 0; row < count; ++row) {
        float* values = desk + row * kDepth;
        if (sums_O != nullptr) sums_O[row] += row_sum(values, given);
        if constexpr (kPairs<T>) {
            if (given < depth) values[given] = 0.0F;
            round_row(values, depth, bits(rounded + row * kDepth));
        }
    }
}

// Columns of a block such that threads get equally many.
std::int64_t balanced_block(std::int64_t n) {
    const std::int64_t threads = at::get_num_threads();
    const std::int64_t blocks = rounded_up(rounded_up(n, kRows) / kRows, threads);
    return std::min(kRows, rounded_up((n + blocks - 1) / blocks, 8));
}

}  // namespace

template <typename T>
void multiply_transposed(const MatrixView& left_NO, const Panels<T>& right_NI, float* out_OI, float* sums_O) {
    const std::int64_t width = right_NI.columns(), depth = right_NI.depth(), block = balanced_block(left_NO.columns);
    for_tasks(rounded_up(left_NO.columns, block) / block, [&](std::int64_t task) {
        const std::int64_t begin = task * block, count = std::min(block, left_NO.columns - begin);
        const Desk<float> desk = desk_of<float>(count * kDepth);
        const Desk<T> rounded = kPairs<T> ? desk_of<T>(count * kDepth) : nullptr;
        float* sums = sums_O == nullptr ? nullptr : sums_O + begin;
        if (sums != nullptr) std::fill_n(sums, count, 0.0F);
        for (std::int64_t k = 0; k < depth; k += kDepth) {
            const std::int64_t now = std::min(kDepth, depth - k);
            transposed_block<T>(left_NO, k, now, begin, count, desk.get(), rounded.get(), sums);
            const T* left = nullptr;
            if constexpr (kPairs<T>)
                left = rounded.get();
            else
                left = desk.get();
            panels_product<T>({left, kDepth}, count, right_NI, k, now, k > 0, out_OI + begin * width, width);
        }
    });
}

template class Panels<float>;
template class Panels<at::BFloat16>;
template void multiply<float>(const MatrixView&, const Panels<float>&, const float*, float*);
template void multiply<at::BFloat16>(const MatrixView&, const Panels<at::BFloat16>&, const float*, float*);
template void multiply_transposed<float>(const MatrixView&, const Panels<float>&, float*, float*);
template void multiply_transposed<at::BFloat16>(const MatrixView&, const Panels<at::BFloat16>&, float*, float*);

}  // namespace gatescope
