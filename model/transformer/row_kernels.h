#pragma once
// Loops over one row of float32 (or bfloat16 bits), compiled for several instruction sets; the fastest that the
// processor has is chosen at start. No torch, no threads: callers share rows out.

#include <cstdint>
#include <limits>

namespace gatescope {

// The largest of n values; -infinity for none.
float row_max(const float* row, std::int64_t n);

// sum_j exp(row_j - shift), float32 terms in many lanes, added up in float64.
double row_exp_sum(const float* row, std::int64_t n, float shift);

// Softmax of n scores over the keys with keep_j (nullptr: all). A row without a kept key gives zeros, one with a NaN
// NaN. `out` may be `row`.
void row_softmax(const float* row, const bool* keep, std::int64_t n, float* out);

// What the softmax of n scores, one of them finite at least, gives the keys with keep_j.
double row_kept_mass(const float* row, const bool* keep, std::int64_t n);

// A softmax that is taken in stretches: the largest scaled score so far and the sum of e^(score - shift).
struct RunningSoftmax {
    float shift = -std::numeric_limits<float>::infinity();
    float total = 0;
};
// Takes n more scores, scale > 0 times them: out = e^(scale * score - shift). Returns the factor by which what was made
// of earlier stretches shrinks; 1 where nothing did.
float row_softmax_stretch(const float* row, std::int64_t n, float scale, RunningSoftmax& state, float* out);
float row_softmax_stretch(const float* row, std::int64_t n, float scale, RunningSoftmax& state, std::uint16_t* out);

// out = row * factor.
void row_scale(const float* row, std::int64_t n, float factor, float* out);
void row_scale(const float* row, std::int64_t n, float factor, std::uint16_t* out);

// out = row / sqrt(mean(row^2) + epsilon) * gain, in float32.
void row_rms_norm(const float* row, const float* gain, std::int64_t n, float epsilon, float* out);
void row_rms_norm(const std::uint16_t* row, const float* gain, std::int64_t n, float epsilon, std::uint16_t* out);

// out = (row - mean) / sqrt(variance + epsilon) * gain + bias, in float32.
void row_layer_norm(const float* row, const float* gain, const float* bias, std::int64_t n, float epsilon, float* out);
void row_layer_norm(const std::uint16_t* row, const float* gain, const float* bias, std::int64_t n, float epsilon,
                    std::uint16_t* out);

// out = cap * tanh(scale * row / cap), cap > 0. `out` may be `row`.
void row_softcap(const float* row, std::int64_t n, float scale, float cap, float* out);

// Rotates channel pairs (r, r + half): out_r = x_r cos_r - x_{r+half} sin_r, out_{r+half} = x_{r+half} cos_r + x_r
// sin_r.
void row_rotate(const float* row, const float* cos, const float* sin, std::int64_t half, float* out);
void row_rotate(const std::uint16_t* row, const float* cos, const float* sin, std::int64_t half, std::uint16_t* out);

}  // namespace gatescope
