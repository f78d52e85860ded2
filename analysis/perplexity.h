#pragma once
// DEFINITIONS.md section 3: perplexity of windows, its interval, and paired differences. No torch.

#include "analysis/results.h"

namespace gatescope {

// Over all windows of rows [window][token] (NaN not scored). Low and high are those of the perplexity.
PerplexityEstimate estimate_perplexity(const std::vector<std::vector<float>>& token_nll);

// Means of windows and how many tokens each is over: what of the losses intervals need.
struct WindowMeans {
    std::vector<double> nll;  // NaN where nothing was scored
    std::vector<std::int64_t> tokens;
};
WindowMeans window_means(const std::vector<std::vector<float>>& token_nll);

// nll of `rows` minus nll of `reference` over the windows that both have, both weighted by tokens. Low, high in nats.
PairedDifference paired_difference(const std::vector<std::vector<float>>& rows,
                                   const std::vector<std::vector<float>>& reference);
// The same of means by window.
PairedDifference difference_of_means(const WindowMeans& rows, const WindowMeans& reference);

// Two-sided 95 % quantile of Student's t; NaN for less than 1 degree of freedom.
double student_t_95(std::int64_t degrees_of_freedom);

}  // namespace gatescope
