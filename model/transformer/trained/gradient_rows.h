#pragma once
// Loops over one row on the way back (slope: the gradient of what came out), compiled for several instruction sets. No
// torch, no threads: callers share rows out.

#include <cstdint>

#include "model/config.h"

namespace gatescope {

float row_sum(const float* row, std::int64_t n);

// row += more.
void row_add(const float* more, std::int64_t n, float* row);

// row = scale * row + bias (nullptr: none).
void row_scale_shift(float* row, std::int64_t n, float scale, const float* bias);

// Of cap tanh(x / cap) = capped: slope *= 1 - (capped / cap)^2.
void row_softcap_back(const float* capped, std::int64_t n, float cap, float* slope);

// Of a softmax: slope = pattern (slope - sum_j pattern_j slope_j).
void row_softmax_back(const float* pattern, std::int64_t n, float* slope);

// Where slopes of a norm's row are put; nullptr: not asked for.
struct NormSlopes {
    float* x = nullptr;     // set
    float* gain = nullptr;  // added to
    float* bias = nullptr;  // added to
};
// Of row_rms_norm() and row_layer_norm().
void row_norm_back(NormKind kind, const float* row, const float* gain, const float* slope, std::int64_t n,
                   float epsilon, const NormSlopes& out);

// out = activation(row), times `up` where given.
void row_activate(Activation activation, const float* row, const float* up, std::int64_t n, float* out);
// out = slope activation'(row), times `up` where given, and then also out_up = slope activation(row).
void row_activate_back(Activation activation, const float* row, const float* up, const float* slope, std::int64_t n,
                       float* out, float* out_up);

// Logits [V, N] of a tile, a column a row of the loss: largest_N and total_N are those of exp(logit - largest) so far.
void tile_exp_sums(const float* logits_VN, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                   float* largest_N, double* total_N);
// logits_VN = exp(logits_VN - log_sum_N) share_N.
void tile_softmax(float* logits_VN, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                  const float* log_sum_N, const float* share_N);

}  // namespace gatescope
