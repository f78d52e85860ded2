#pragma once
// How far a gate's scores are from what they should be, and the gradient by them. A loss is one file in losses/ and one
// line in losses.cpp. DEFINITIONS.md section 5. S head (or one for all), Q query of a block, K key or block of keys.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gatescope {

// A block of queries, each against columns of its own: query row r may use begin[r] to end[r].
struct ScoreRows {
    at::Tensor scores_SQK;  // float32, contiguous
    at::Tensor target_SQK;  // the same shape, contiguous
    std::vector<std::int64_t> begin, end;
};

struct LossEntry {
    std::string id;     // "kl"
    std::string label;  // "KL"
    std::string help;   // one sentence
    // What scores are held to: 1 for the oracle's k keys and 0 for others, or the probabilities themselves.
    bool on_sets = false;
    // Its mean is over pairs (i, j), or over queries.
    bool over_pairs = false;
    // Of one row's n columns, added up.
    double (*value)(const float* scores, const float* target, std::int64_t n);
    // out = weight * derivative by each score; `out` may be `scores`.
    void (*gradient)(const float* scores, const float* target, std::int64_t n, float weight, float* out);
    // The same for all rows at once in ATen operations: other devices, and what the fast ones are tested against.
    // allowed_QK: bool. The value is differentiable.
    at::Tensor (*value_aten)(const at::Tensor& scores_SQK, const at::Tensor& target_SQK, const at::Tensor& allowed_QK);
    at::Tensor (*gradient_aten)(const at::Tensor& scores_SQK, const at::Tensor& target_SQK,
                                const at::Tensor& allowed_QK, double weight);
};

const std::vector<LossEntry>& losses();
// Throws Failure(kUsage) with the nearest known id.
const LossEntry& loss_entry(const std::string& id);

// All rows added up.
double loss_sum(const LossEntry& loss, const ScoreRows& rows);
// Puts weight * gradient in place of the scores; 0 in columns that a query may not use.
void scores_to_gradient(const LossEntry& loss, ScoreRows& rows, double weight);

}  // namespace gatescope
