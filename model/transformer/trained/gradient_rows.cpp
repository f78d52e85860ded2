#include "model/transformer/trained/gradient_rows.h"

#include "model/transformer/vector_math.h"

namespace gatescope {
namespace {

using namespace vector_math;

// 1 / (1 + e^-x).
GATESCOPE_INLINE float sigmoid_of(float x) {
    const float shrunk = exp_of_negative(-std::abs(x));
    const float whole = 1.0F / (1.0F + shrunk);
    return x < 0.0F ? shrunk * whole : whole;
}

// (1 + erf(x / sqrt 2)) / 2 within 1e-7 (Abramowitz and Stegun 7.1.26); `bell`: e^(-x^2 / 2).
GATESCOPE_INLINE float normal_share(float x, float bell) {
    const float t = 1.0F / (1.0F + 0.3275911F * 0.70710678F * std::abs(x));
    const float poly =
        t * (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
    const float tail = 0.5F * poly * bell;
    return x < 0.0F ? tail : 1.0F - tail;
}

struct Curve {
    float value, slope;
};

struct Silu {
    static GATESCOPE_INLINE Curve at(float x) {
        const float share = sigmoid_of(x);
        return {x * share, share * (1.0F + x * (1.0F - share))};
    }
};
struct Gelu {
    static GATESCOPE_INLINE Curve at(float x) {
        const float bell = exp_of_negative(-0.5F * x * x), share = normal_share(x, bell);
        return {x * share, share + x * bell * 0.39894228F};
    }
};
struct GeluTanh {
    static GATESCOPE_INLINE Curve at(float x) {
        constexpr float kInner = 0.79788456F, kCube = 0.044715F;
        const float t = tanh_of(kInner * (x + kCube * x * x * x)), share = 0.5F * (1.0F + t);
        return {x * share, share + 0.5F * x * (1.0F - t * t) * kInner * (1.0F + 3.0F * kCube * x * x)};
    }
};
struct Relu {
    static GATESCOPE_INLINE Curve at(float x) { return {x > 0.0F ? x : 0.0F, x > 0.0F ? 1.0F : 0.0F}; }
};

template <typename Kind>
GATESCOPE_INLINE void activate_row(const float* row, const float* up, std::int64_t n, float* out) {
    if (up == nullptr) {
#pragma omp simd
        for (std::int64_t j = 0; j < n; ++j) out[j] = Kind::at(row[j]).value;
        return;
    }
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) out[j] = Kind::at(row[j]).value * up[j];
}

template <typename Kind>
GATESCOPE_INLINE void activate_row_back(const float* row, const float* up, const float* slope, std::int64_t n,
                                        float* out, float* out_up) {
    if (up == nullptr) {
#pragma omp simd
        for (std::int64_t j = 0; j < n; ++j) out[j] = slope[j] * Kind::at(row[j]).slope;
        return;
    }
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
        const Curve curve = Kind::at(row[j]);
        out[j] = slope[j] * up[j] * curve.slope;
        out_up[j] = slope[j] * curve.value;
    }
}

}  // namespace

GATESCOPE_CLONES float row_sum(const float* row, std::int64_t n) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < n; ++j) sum += row[j];
    return sum;
}

GATESCOPE_CLONES void row_add(const float* more, std::int64_t n, float* row) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) row[j] += more[j];
}

GATESCOPE_CLONES void row_scale_shift(float* row, std::int64_t n, float scale, const float* bias) {
    if (bias == nullptr) {
#pragma omp simd
        for (std::int64_t j = 0; j < n; ++j) row[j] *= scale;
        return;
    }
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) row[j] = row[j] * scale + bias[j];
}

GATESCOPE_CLONES void row_softcap_back(const float* capped, std::int64_t n, float cap, float* slope) {
    const float inner = 1.0F / cap;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) slope[j] *= 1.0F - capped[j] * inner * capped[j] * inner;
}

GATESCOPE_CLONES void row_softmax_back(const float* pattern, std::int64_t n, float* slope) {
    float mean = 0;
#pragma omp simd reduction(+ : mean)
    for (std::int64_t j = 0; j < n; ++j) mean += pattern[j] * slope[j];
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) slope[j] = pattern[j] * (slope[j] - mean);
}

GATESCOPE_CLONES void row_norm_back(NormKind kind, const float* row, const float* gain, const float* slope,
                                    std::int64_t n, float epsilon, const NormSlopes& out) {
    const auto width = static_cast<float>(n);
    const bool centred = kind == NormKind::kLayer;
    float sum = 0;
    if (centred) {
#pragma omp simd reduction(+ : sum)
        for (std::int64_t c = 0; c < n; ++c) sum += row[c];
    }
    const float mean = sum / width;
    float squares = 0, along = 0, total = 0;
#pragma omp simd reduction(+ : squares, along, total)
    for (std::int64_t c = 0; c < n; ++c) {
        const float x = row[c] - mean, s = slope[c] * gain[c];
        squares += x * x;
        along += s * x;
        total += s;
    }
    const float factor = 1.0F / std::sqrt(squares / width + epsilon);
    if (out.x != nullptr) {
        const float back = along / width * factor * factor, level = centred ? total / width : 0.0F;
#pragma omp simd
        for (std::int64_t c = 0; c < n; ++c) out.x[c] = factor * (slope[c] * gain[c] - level - (row[c] - mean) * back);
    }
    if (out.gain != nullptr) {
#pragma omp simd
        for (std::int64_t c = 0; c < n; ++c) out.gain[c] += slope[c] * (row[c] - mean) * factor;
    }
    if (out.bias != nullptr) {
#pragma omp simd
        for (std::int64_t c = 0; c < n; ++c) out.bias[c] += slope[c];
    }
}

GATESCOPE_CLONES void row_activate(Activation activation, const float* row, const float* up, std::int64_t n,
                                   float* out) {
    switch (activation) {
        case Activation::kSilu:
            return activate_row<Silu>(row, up, n, out);
        case Activation::kGelu:
            return activate_row<Gelu>(row, up, n, out);
        case Activation::kGeluTanh:
            return activate_row<GeluTanh>(row, up, n, out);
        case Activation::kRelu:
            return activate_row<Relu>(row, up, n, out);
    }
}

GATESCOPE_CLONES void row_activate_back(Activation activation, const float* row, const float* up, const float* slope,
                                        std::int64_t n, float* out, float* out_up) {
    switch (activation) {
        case Activation::kSilu:
            return activate_row_back<Silu>(row, up, slope, n, out, out_up);
        case Activation::kGelu:
            return activate_row_back<Gelu>(row, up, slope, n, out, out_up);
        case Activation::kGeluTanh:
            return activate_row_back<GeluTanh>(row, up, slope, n, out, out_up);
        case Activation::kRelu:
            return activate_row_back<Relu>(row, up, slope, n, out, out_up);
    }
}

GATESCOPE_CLONES void tile_exp_sums(const float* logits_VN, std::int64_t rows, std::int64_t columns,
                                    std::int64_t stride, float* largest_N, double* total_N) {
    constexpr std::int64_t kColumns = 64;
    for (std::int64_t begin = 0; begin < columns; begin += kColumns) {
        const std::int64_t count = std::min(kColumns, columns - begin);
        float most[kColumns], sum[kColumns] = {};
        for (std::int64_t n = 0; n < count; ++n) most[n] = largest_N[begin + n];
        for (std::int64_t v = 0; v < rows; ++v) {
            const float* logits = logits_VN + v * stride + begin;
#pragma omp simd
            for (std::int64_t n = 0; n < count; ++n) most[n] = std::max(most[n], logits[n]);
        }
        for (std::int64_t v = 0; v < rows; ++v) {
            const float* logits = logits_VN + v * stride + begin;
#pragma omp simd
            for (std::int64_t n = 0; n < count; ++n) sum[n] += exp_of_negative(logits[n] - most[n]);
        }
        for (std::int64_t n = 0; n < count; ++n) {
            const auto shrunk = static_cast<double>(exp_of_negative(largest_N[begin + n] - most[n]));
            total_N[begin + n] = total_N[begin + n] * shrunk + static_cast<double>(sum[n]);
            largest_N[begin + n] = most[n];
        }
    }
}

GATESCOPE_CLONES void tile_softmax(float* logits_VN, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                                   const float* log_sum_N, const float* share_N) {
    for (std::int64_t v = 0; v < rows; ++v) {
        float* logits = logits_VN + v * stride;
#pragma omp simd
        for (std::int64_t n = 0; n < columns; ++n) logits[n] = exp_of_negative(logits[n] - log_sum_N[n]) * share_N[n];
    }
}

}  // namespace gatescope
