#pragma once
// Kernels' figures, head by head, into the tables that results hold.

#include <cstdint>
#include <map>
#include <string>

#include "analysis/spectra/spectra_results.h"
#include "model/kernels/kernel_spectrum.h"

namespace gatescope {

// Tables of NaN for so many layers and heads of kernels [d_model, d_model] of rank d_head.
WeightSpectra blank_weight_spectra(std::int64_t n_layers, std::int64_t n_heads, std::int64_t d_head,
                                   std::int64_t d_model);

// Threads may fill different heads at once.
void put(const KernelSpectrum& head, std::int64_t layer_row, std::int64_t head_column, WeightSpectra& out);

// By metric path: "effective_rank", "skew/rank_90", "positivity", ...
std::map<std::string, double> figures_of(const KernelSpectrum& head);

}  // namespace gatescope
