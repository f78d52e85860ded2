#include "model/transformer/trained/sigmoid_rows.h"

#include "model/transformer/vector_math.h"

namespace gatescope {
namespace {

using namespace vector_math;

// ln(1 + t) for t in [0, 1], as 2 artanh(t / (2 + t)), whose argument is a third at most: within 2 ulp.
GATESCOPE_INLINE float log_of_one_plus(float t) {
    const float s = t / (2.0F + t), square = s * s;
    float poly = 1.0F / 13.0F;
    poly = poly * square + 1.0F / 11.0F;
    poly = poly * square + 1.0F / 9.0F;
    poly = poly * square + 1.0F / 7.0F;
    poly = poly * square + 1.0F / 5.0F;
    poly = poly * square + 1.0F / 3.0F;
    return 2.0F * s * (poly * square + 1.0F);
}

// 1 - e^x for x <= 0, by its series where the difference would lose digits.
GATESCOPE_INLINE float one_minus_exp(float x) {
    float poly = 1.0F / 5040.0F;
    poly = poly * x + 1.0F / 720.0F;
    poly = poly * x + 1.0F / 120.0F;
    poly = poly * x + 1.0F / 24.0F;
    poly = poly * x + 1.0F / 6.0F;
    poly = poly * x + 0.5F;
    const float near = -(poly * x * x + x), far = 1.0F - exp_of_negative(x);
    return x > -0.5F ? near : far;
}

}  // namespace

GATESCOPE_CLONES void row_log_sigmoid(float* row, std::int64_t n, float scale) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
        const float x = scale * row[j];
        row[j] = std::min(x, 0.0F) - log_of_one_plus(exp_of_negative(-std::abs(x)));
    }
}

GATESCOPE_CLONES void row_log_sigmoid_back(const float* value, const float* slope, std::int64_t n, float scale,
                                           float* out) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) out[j] = slope[j] * one_minus_exp(value[j]) * scale;
}

}  // namespace gatescope
