#pragma once
// Spectra and surveys made of nothing: every field filled, NaN where a zero kernel has it. Their numbers mean nothing.

#include "analysis/spectra/survey_results.h"
#include "captures/components_file.h"

namespace gatescope {

// Of `n_layers` x `n_heads` heads with min(E, D) = 4 singular values. All parts.
Spectra synthetic_spectra(std::int64_t n_layers, std::int64_t n_heads);

// synthetic_run() with spectra, and gates that change kernels in place of its own.
RunResult synthetic_spectra_run();

// Three checkpoints of different shapes: all parts; some layers and heads, no controls or cosines; raw alone.
SpectraSurvey synthetic_survey();

// Two planes and an axis of layer 1, head 3 of synthetic_run()'s model; with its second window's ids.
HeadComponents synthetic_components();
ComponentsFile synthetic_components_file();

}  // namespace gatescope
