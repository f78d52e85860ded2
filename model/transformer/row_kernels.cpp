#include "model/transformer/row_kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "model/transformer/vector_math.h"

namespace gatescope {
namespace {

using namespace vector_math;

constexpr float kNegativeInfinity = -std::numeric_limits<float>::infinity();

GATESCOPE_INLINE float max_of(const float* row, std::int64_t n) {
    float best = kNegativeInfinity;
#pragma omp simd reduction(max : best)
    for (std::int64_t j = 0; j < n; ++j) best = std::max(best, row[j]);
    return best;
}

// The value, or 0: bits of a truth as a mask vectorise better than a choice does.
GATESCOPE_INLINE float only_if(bool chosen, float value) {
    return std::bit_cast<float>(std::bit_cast<std::int32_t>(value) & -static_cast<std::int32_t>(chosen));
}

GATESCOPE_INLINE float kept_or_never(bool kept, float score) {
    const std::int32_t mask = -static_cast<std::int32_t>(kept), never = std::bit_cast<std::int32_t>(kNegativeInfinity);
    return std::bit_cast<float>((std::bit_cast<std::int32_t>(score) & mask) | (never & ~mask));
}

// What a row gives whose largest score is -infinity: NaN where a score is NaN, which the maximum passes over, else 0.
GATESCOPE_INLINE float weight_without_keys(const float* row, std::int64_t n) {
    for (std::int64_t j = 0; j < n; ++j)
        if (std::isnan(row[j])) return row[j];
    return 0.0F;
}

GATESCOPE_INLINE void scale_row(float* row, std::int64_t n, float factor) {
    for (std::int64_t j = 0; j < n; ++j) row[j] *= factor;
}

// Terms are added in stretches, so that float32 lanes never grow long enough to lose digits.
constexpr std::int64_t kStretch = 128;

GATESCOPE_INLINE double softmax_all(const float* row, std::int64_t n, float shift, float* out) {
    double total = 0;
    for (std::int64_t begin = 0; begin < n; begin += kStretch) {
        const std::int64_t end = std::min(n, begin + kStretch);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = begin; j < end; ++j) sum += out[j] = exp_of_negative(row[j] - shift);
        total += static_cast<double>(sum);
    }
    return total;
}

template <typename T>
GATESCOPE_INLINE float softmax_stretch(const float* row, std::int64_t n, float scale, RunningSoftmax& state, T* out) {
    const float largest = std::max(state.shift, max_of(row, n) * scale);
    if (largest == kNegativeInfinity) {
        state.total += weight_without_keys(row, n);
        std::fill(out, out + n, T{0});
        return 1.0F;
    }
    float total = 0;
    for (std::int64_t begin = 0; begin < n; begin += kStretch) {
        const std::int64_t end = std::min(n, begin + kStretch);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = begin; j < end; ++j) {
            const float term = exp_of_negative(row[j] * scale - largest);
            sum += term;
            out[j] = narrow<T>(term);
        }
        total += sum;
    }
    const float shrunk = state.shift == largest ? 1.0F : exp_of_negative(state.shift - largest);
    state.total = state.total * shrunk + total;
    state.shift = largest;
    return shrunk;
}

template <typename T>
GATESCOPE_INLINE void scale_to(const float* row, std::int64_t n, float factor, T* out) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) out[j] = narrow<T>(row[j] * factor);
}

template <typename T>
GATESCOPE_INLINE void rms_norm(const T* row, const float* gain, std::int64_t n, float epsilon, T* out) {
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t c = 0; c < n; ++c) squares += widen(row[c]) * widen(row[c]);
    const float factor = 1.0F / std::sqrt(squares / static_cast<float>(n) + epsilon);
#pragma omp simd
    for (std::int64_t c = 0; c < n; ++c) out[c] = narrow<T>(widen(row[c]) * factor * gain[c]);
}

template <typename T>
GATESCOPE_INLINE void layer_norm(const T* row, const float* gain, const float* bias, std::int64_t n, float epsilon,
                                 T* out) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t c = 0; c < n; ++c) sum += widen(row[c]);
    const float mean = sum / static_cast<float>(n);
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t c = 0; c < n; ++c) squares += (widen(row[c]) - mean) * (widen(row[c]) - mean);
    const float factor = 1.0F / std::sqrt(squares / static_cast<float>(n) + epsilon);
#pragma omp simd
    for (std::int64_t c = 0; c < n; ++c) out[c] = narrow<T>((widen(row[c]) - mean) * factor * gain[c] + bias[c]);
}

template <typename T>
GATESCOPE_INLINE void rotate(const T* row, const float* cos, const float* sin, std::int64_t half, T* out) {
#pragma omp simd
    for (std::int64_t r = 0; r < half; ++r) {
        const float first = widen(row[r]), second = widen(row[r + half]);
        out[r] = narrow<T>(first * cos[r] - second * sin[r]);
        out[r + half] = narrow<T>(second * cos[r] + first * sin[r]);
    }
}

}  // namespace

GATESCOPE_CLONES float row_max(const float* row, std::int64_t n) {
    return max_of(row, n);
}

GATESCOPE_CLONES double row_exp_sum(const float* row, std::int64_t n, float shift) {
    double total = 0;
    for (std::int64_t begin = 0; begin < n; begin += kStretch) {
        const std::int64_t end = std::min(n, begin + kStretch);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = begin; j < end; ++j) sum += exp_of_negative(row[j] - shift);
        total += static_cast<double>(sum);
    }
    return total;
}

GATESCOPE_CLONES void row_softmax(const float* row, const bool* keep, std::int64_t n, float* out) {
    const float* scores = row;
    if (keep != nullptr) {
#pragma omp simd
        for (std::int64_t j = 0; j < n; ++j) out[j] = kept_or_never(keep[j], row[j]);
        scores = out;
    }
    const float shift = max_of(scores, n);
    if (shift == kNegativeInfinity) {
        std::fill(out, out + n, weight_without_keys(scores, n));
        return;
    }
    const double total = softmax_all(scores, n, shift, out);
    scale_row(out, n, static_cast<float>(1.0 / total));
}

GATESCOPE_CLONES double row_kept_mass(const float* row, const bool* keep, std::int64_t n) {
    const float shift = max_of(row, n);
    double total = 0, kept = 0;
    for (std::int64_t begin = 0; begin < n; begin += kStretch) {
        const std::int64_t end = std::min(n, begin + kStretch);
        float terms[kStretch], sum = 0, kept_sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = begin; j < end; ++j) sum += terms[j - begin] = exp_of_negative(row[j] - shift);
#pragma omp simd reduction(+ : kept_sum)
        for (std::int64_t j = begin; j < end; ++j) kept_sum += only_if(keep[j], terms[j - begin]);
        total += static_cast<double>(sum);
        kept += static_cast<double>(kept_sum);
    }
    return kept / total;
}

GATESCOPE_CLONES float row_softmax_stretch(const float* row, std::int64_t n, float scale, RunningSoftmax& state,
                                           float* out) {
    return softmax_stretch(row, n, scale, state, out);
}
GATESCOPE_CLONES float row_softmax_stretch(const float* row, std::int64_t n, float scale, RunningSoftmax& state,
                                           std::uint16_t* out) {
    return softmax_stretch(row, n, scale, state, out);
}

GATESCOPE_CLONES void row_scale(const float* row, std::int64_t n, float factor, float* out) {
    scale_to(row, n, factor, out);
}
GATESCOPE_CLONES void row_scale(const float* row, std::int64_t n, float factor, std::uint16_t* out) {
    scale_to(row, n, factor, out);
}

GATESCOPE_CLONES void row_rms_norm(const float* row, const float* gain, std::int64_t n, float epsilon, float* out) {
    rms_norm(row, gain, n, epsilon, out);
}
GATESCOPE_CLONES void row_rms_norm(const std::uint16_t* row, const float* gain, std::int64_t n, float epsilon,
                                   std::uint16_t* out) {
    rms_norm(row, gain, n, epsilon, out);
}

GATESCOPE_CLONES void row_layer_norm(const float* row, const float* gain, const float* bias, std::int64_t n,
                                     float epsilon, float* out) {
    layer_norm(row, gain, bias, n, epsilon, out);
}
GATESCOPE_CLONES void row_layer_norm(const std::uint16_t* row, const float* gain, const float* bias, std::int64_t n,
                                     float epsilon, std::uint16_t* out) {
    layer_norm(row, gain, bias, n, epsilon, out);
}

GATESCOPE_CLONES void row_softcap(const float* row, std::int64_t n, float scale, float cap, float* out) {
    const float inner = scale / cap;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) out[j] = cap * tanh_of(row[j] * inner);
}

GATESCOPE_CLONES void row_rotate(const float* row, const float* cos, const float* sin, std::int64_t half, float* out) {
    rotate(row, cos, sin, half, out);
}
GATESCOPE_CLONES void row_rotate(const std::uint16_t* row, const float* cos, const float* sin, std::int64_t half,
                                 std::uint16_t* out) {
    rotate(row, cos, sin, half, out);
}

}  // namespace gatescope
