#pragma once
// The loss of a batch and its gradients by tiles of logits that stay in a core's cache. T is what is multiplied: float
// or at::BFloat16. N row, V vocabulary, D d_model.

#include <ATen/core/Tensor.h>

namespace gatescope {

// Everything contiguous on the CPU; bias_V may be undefined.
struct NllProblem {
    at::Tensor hidden_ND, unembedding_VD, bias_V, targets_N;
    float softcap = 0;
};

// The mean over scored rows; every row's ln sum exp(logits) to log_sum_N.
template <typename T>
double nll_forward(const NllProblem& problem, const at::Tensor& log_sum_N);

// What is defined is filled with `slope` times the gradient of the mean. Repeats to the bit with as many threads.
struct NllSlopes {
    at::Tensor hidden_ND, unembedding_VD, bias_V;
};
template <typename T>
void nll_backward(const NllProblem& problem, const at::Tensor& log_sum_N, double slope, const NllSlopes& out);

}  // namespace gatescope
