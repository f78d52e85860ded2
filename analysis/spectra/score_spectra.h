#pragma once
// Spectra of a head's scores M = Q K^T * scale over a window, all pairs, from the factor [Q K] alone. DEFINITIONS.md
// section 7. T token, E d_head, N = 2 E, H head.

#include <ATen/core/Tensor.h>

#include <vector>

namespace gatescope {

// What there is to know of Q and K of one head: float64, on the CPU.
struct ScoreFactor {
    at::Tensor product_NN;  // [Q K]^T [Q K]
    at::Tensor mean_key_E;
    std::int64_t tokens = 0;
    at::Tensor rows_TN;  // [Q K] itself where it has no more rows than columns; else undefined
};

// Factors of all heads at once; q and k may be anywhere and of any type.
std::vector<ScoreFactor> score_factors(const at::Tensor& q_HTE, const at::Tensor& k_HTE);

// min(2 E, T) values each, descending, those of the symmetric part signed; what is below the rounding of float32
// queries and keys is 0.
struct ScoreSpectra {
    double routing_fraction = 0;  // NaN where all scores are 0
    std::vector<double> skew, symmetric, centred;
};

// All NaN where q or k is not finite.
ScoreSpectra score_spectra(const ScoreFactor& factor, double scale);

}  // namespace gatescope
