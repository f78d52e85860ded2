#include "model/transformer/weight_reader.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/checkpoint/number_types.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

// Threads share a tensor out in pieces of about this many numbers: small enough for a cache, large enough to matter.
constexpr std::int64_t kPieceElements = std::int64_t{1} << 16;

void check_finite(std::span<const float> values, const std::string& name) {
    float sum = 0;  // 0 * x is 0 for every finite x and NaN otherwise, so one sum tells
#pragma omp simd reduction(+ : sum)
    for (std::size_t n = 0; n < values.size(); ++n) sum += values[n] * 0.0F;
    if (sum != 0.0F) throw Failure(FailureKind::kBadFile, "tensor " + name + " holds NaN or infinity");
}

// Integers in a weight's place are a quantised checkpoint's, whose scales stand elsewhere.
void refuse_whole_numbers(const TensorInfo& info) {
    const NumberType* const type = find_number_type(info.dtype);
    if (type != nullptr && type->whole)
        throw Failure(FailureKind::kUnsupported, "tensor " + info.name + " holds whole numbers (" + info.dtype + ")",
                      {}, "a quantised checkpoint is read as GGUF");
}

// The same for bfloat16's bits: an exponent of ones is what no finite number has.
void check_finite(std::span<const std::uint16_t> bits, const std::string& name) {
    constexpr std::uint16_t kExponent = 0x7f80;
    unsigned n_odd = 0;
#pragma omp simd reduction(+ : n_odd)
    for (std::size_t n = 0; n < bits.size(); ++n) n_odd += (bits[n] & kExponent) == kExponent ? 1u : 0u;
    if (n_odd != 0) throw Failure(FailureKind::kBadFile, "tensor " + name + " holds NaN or infinity");
}

// To nearest, ties to even; for finite values, so that the loop is one of integers.
void round_to_bfloat16(std::span<const float> values, std::uint16_t* out) {
    for (std::size_t n = 0; n < values.size(); ++n) {
        const auto bits = std::bit_cast<std::uint32_t>(values[n]);
        out[n] = static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
    }
}

std::uint16_t* bfloat16_bits(const at::Tensor& out) {
    return reinterpret_cast<std::uint16_t*>(out.data_ptr<at::BFloat16>());
}

// Writes `values`, which are finite, to `out` from its element `first` on.
void put(std::span<const float> values, const at::Tensor& out, std::int64_t first) {
    if (out.scalar_type() == at::kFloat) {
        std::copy(values.begin(), values.end(), out.data_ptr<float>() + first);
    } else {
        round_to_bfloat16(values, bfloat16_bits(out) + first);
    }
}

// Calls work(first row, row count) for pieces of `n_rows` rows of `width` numbers, on all threads.
template <typename Work>
void share_rows(std::int64_t n_rows, std::int64_t width, Work work) {
    const std::int64_t piece = std::max<std::int64_t>(1, kPieceElements / width);
    at::parallel_for(0, n_rows, piece, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; row += piece) work(row, std::min(piece, end - row));
    });
}

}  // namespace

// Calls read(row of the file, rows) for rows of the canonical matrix; those that are neighbours in the file too come at
// once.
template <typename Value, typename Read>
void WeightReader::each_run(const BoundTensor& tensor, std::int64_t first_row, std::int64_t width, std::span<Value> out,
                            Read read) const {
    const std::int64_t n_rows = tensor.canonical.shape.front();
    const std::int64_t last_row = first_row + static_cast<std::int64_t>(out.size()) / width;
    const auto place = [&](std::int64_t row) { return stored_row(tensor.stored, row, n_rows, config_); };
    for (std::int64_t row = first_row, end = row; row < last_row; row = end) {
        const std::int64_t from = place(row);
        for (end = row + 1; end < last_row && place(end) == from + (end - row);) ++end;
        const auto offset = static_cast<std::size_t>((row - first_row) * width);
        read(from, out.subspan(offset, static_cast<std::size_t>((end - row) * width)));
    }
}

WeightReader::WeightReader(const CheckpointReader& checkpoint, const ModelConfig& config)
    : checkpoint_(checkpoint), config_(config) {}

void WeightReader::read(const BoundTensor& tensor, const at::Tensor& out) const {
    refuse_whole_numbers(*tensor.info);
    if (tensor.canonical.shape.size() == 1)
        read_vector(tensor, out);
    else if (tensor.stored.transposed)
        read_columns(tensor, out);
    else
        read_slice(tensor, 0, out);
    checkpoint_.release(*tensor.info);
}

void WeightReader::finish(const BoundTensor& tensor, std::span<float> values) const {
    check_finite(values, tensor.info->name);
    if (tensor.stored.added != 0)
        for (float& value : values) value += tensor.stored.added;
}

// A vector is one row of the file; its elements are ordered as a matrix's rows are.
void WeightReader::read_vector(const BoundTensor& tensor, const at::Tensor& out) const {
    const std::int64_t size = tensor.canonical.shape.front();
    std::vector<float> stored(static_cast<std::size_t>(tensor.info->element_count()));
    checkpoint_.read_float32(*tensor.info, 0, stored);
    std::vector<float> values(static_cast<std::size_t>(size));
    for (std::int64_t n = 0; n < size; ++n)
        values[static_cast<std::size_t>(n)] =
            stored[static_cast<std::size_t>(stored_row(tensor.stored, n, size, config_))];
    finish(tensor, values);
    put(values, out, 0);
}

void WeightReader::read_slice(const BoundTensor& tensor, std::int64_t first_row, const at::Tensor& out) const {
    const std::int64_t n_rows = out.size(0), width = out.size(1);
    share_rows(n_rows, width, [&](std::int64_t row, std::int64_t count) {
        read_piece(tensor, first_row + row, count, row * width, out);
    });
}

void WeightReader::read_rows(const BoundTensor& tensor, std::span<const std::int32_t> rows,
                             const at::Tensor& out) const {
    const std::int64_t width = out.size(1);
    for (std::size_t n = 0; n < rows.size(); ++n)
        read_piece(tensor, rows[n], 1, static_cast<std::int64_t>(n) * width, out);
}

// Float32 lands in place, bfloat16 too where the file has it; else it goes through a small buffer.
void WeightReader::read_piece(const BoundTensor& tensor, std::int64_t first_row, std::int64_t count, std::int64_t first,
                              const at::Tensor& out) const {
    const std::int64_t width = out.size(1);
    const auto size = static_cast<std::size_t>(count * width);
    if (out.scalar_type() == at::kFloat) {
        const std::span<float> target(out.data_ptr<float>() + first, size);
        gather_rows(tensor, first_row, width, target);
        finish(tensor, target);
        return;
    }
    if (copy_bfloat16(tensor, first_row, width, {bfloat16_bits(out) + first, size})) return;
    std::vector<float> buffer(size);
    gather_rows(tensor, first_row, width, buffer);
    finish(tensor, buffer);
    put(buffer, out, first);
}

void WeightReader::gather_rows(const BoundTensor& tensor, std::int64_t first_row, std::int64_t width,
                               std::span<float> out) const {
    each_run(tensor, first_row, width, out,
             [&](std::int64_t from, std::span<float> rows) { checkpoint_.read_float32(*tensor.info, from, rows); });
}

// Where the file's bits are the wanted ones, they come as they are.
bool WeightReader::copy_bfloat16(const BoundTensor& tensor, std::int64_t first_row, std::int64_t width,
                                 std::span<std::uint16_t> out) const {
    bool copied = tensor.stored.added == 0;
    each_run(tensor, first_row, width, out, [&](std::int64_t from, std::span<std::uint16_t> rows) {
        copied = copied && checkpoint_.read_bfloat16(*tensor.info, from, rows);
    });
    if (copied) check_finite(out, tensor.info->name);
    return copied;
}

// The file has [in, out]: whole rows of the file are read, and turned a block at a time.
void WeightReader::read_columns(const BoundTensor& tensor, const at::Tensor& out) const {
    const std::int64_t n_out = out.size(0), n_in = out.size(1), stored_width = tensor.info->shape.back();
    share_rows(n_in, stored_width, [&](std::int64_t first, std::int64_t count) {
        std::vector<float> rows(static_cast<std::size_t>(count * stored_width));
        checkpoint_.read_float32(*tensor.info, first, rows);
        finish(tensor, rows);
        std::vector<float> column(static_cast<std::size_t>(count));
        for (std::int64_t n = 0; n < n_out; ++n) {
            const std::int64_t from = stored_row(tensor.stored, n, n_out, config_);
            for (std::int64_t i = 0; i < count; ++i)
                column[static_cast<std::size_t>(i)] = rows[static_cast<std::size_t>(i * stored_width + from)];
            put(column, out, n * n_in + first);
        }
    });
}

}  // namespace gatescope
