#pragma once
// Spectra and surveys made of nothing: every field filled, NaN where a zero kernel has it. Their numbers mean nothing.

#include "analysis/spectra/survey_results.h"

namespace gatescope {

// Of `n_layers` x `n_heads` heads with min(E, D) = 4 singular values. All parts.
Spectra synthetic_spectra(std::int64_t n_layers, std::int64_t n_heads);

// synthetic_run() with spectra.
RunResult synthetic_spectra_run();

// Three checkpoints of different shapes, one with some layers and heads only, one raw alone and without controls.
SpectraSurvey synthetic_survey();

}  // namespace gatescope
