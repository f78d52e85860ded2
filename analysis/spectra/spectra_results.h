#pragma once
// Plain results of DEFINITIONS.md sections 6 and 7. As results.h: shared as shared_ptr<const ...>; what the window
// draws, captures store and the command line prints are the same objects. No torch. E d_head, D d_model, T tokens.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/head_grid.h"

namespace gatescope {

// What is to be worked out. Everything determines the numbers.
struct SpectraRequest {
    bool raw = false, folded = false;  // weight kernels: without and with the gain of the norm that x comes from
    std::int64_t delta = 0;            // offset i - j at which a RoPE model's kernels are taken; others have one only
    bool controls = false;             // random kernels and random projections beside the weight kernels
    std::int64_t seed = 0;             // of the controls
    bool activations = false;          // section 7, over the windows of the run
    bool cosines = false;              // of x_i and x_j, for attended against other pairs, over the same windows
    bool weights() const { return raw || folded; }
    bool operator==(const SpectraRequest&) const = default;
};

// A list of values for every head, and its ranks on magnitudes by id: "rank_50", "rank_90", "rank_99",
// "effective_rank", "participation_ratio", "stable_rank" (spectra_metrics.h has the list).
struct SpectrumPart {
    HeadValues values;  // descending; those of symmetric parts are signed
    std::map<std::string, HeadGrid> ranks;
};

// Section 6 of one form, raw or folded.
struct WeightSpectra {
    SpectrumPart whole;                       // singular values of W: min(E, D) of them
    SpectrumPart skew, symmetric;             // routing and filtering: min(2 E, D) values each
    std::map<std::string, HeadGrid> figures;  // "skew_fraction", "positivity", "directionality"
};

// Over random kernels of one shape, smallest, mean and largest of each.
struct ControlBand {
    std::vector<float> low, mean, high;  // as long as the list of values that it is for
};

// What random kernels A B^T of the heads' shape have (A, B Gaussian [D, E]), scaled to norm_F(W) = 1: multiply by a
// head's own norm, the root of its summed squared singular values, to lay them beside its values.
struct RandomKernels {
    std::int64_t draws = 20;
    ControlBand whole, skew, symmetric;
    std::map<std::string, std::array<float, 3>> figures;  // low, mean, high by metric path: "skew/effective_rank"
};

// Controls of section 6.
struct SpectraControls {
    std::int64_t seed = 0;
    RandomKernels kernels;
    // The heads' W_q and W_k replaced by Gaussian matrices of equal Frobenius norm.
    std::optional<WeightSpectra> raw_projections, folded_projections;
};

// Section 7: means over windows.
struct ActivationSpectra {
    std::int64_t windows = 0;   // that these are means of
    std::int64_t capacity = 0;  // min(2 E, T), T the longest window
    HeadGrid routing_fraction;
    SpectrumPart skew, symmetric, centred;  // capacity values each
};

// Cosine similarity of x_i and x_j, j < i (all j other than i in an encoder), per head: mean weighted by P_ij, and by
// 1 - P_ij. Section 6, controls; the weighting is ours.
struct PairCosines {
    std::int64_t windows = 0;
    HeadGrid attended, other;
};

// Of one model. Parts that were not asked for are missing.
struct Spectra {
    std::uint64_t id = 0;  // changes whenever anything in here does
    SpectraRequest request;
    std::optional<WeightSpectra> raw, folded;
    std::optional<SpectraControls> controls;
    std::optional<ActivationSpectra> activations;
    std::optional<PairCosines> cosines;
};

}  // namespace gatescope
