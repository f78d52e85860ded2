#pragma once
// Routing and filtering look and are called the same in every panel.

#include <string>

#include "analysis/spectra/spectra_results.h"
#include "app/window/spectra_view.h"
#include "app/window/theme.h"

namespace gatescope {

ImVec4 routing_colour(const Theme& theme);
ImVec4 filtering_colour(const Theme& theme);  // of positive values: like attends to like
ImVec4 opposing_colour(const Theme& theme);   // of filtering's negative values
// By place in a survey.
ImVec4 checkpoint_colour(const Theme& theme, std::size_t place);

const char* form_id(KernelForm form);  // "raw", "folded"
// The kernels of a form, nullptr where they were not worked out.
const WeightSpectra* kernels_of(const Spectra& spectra, KernelForm form);
// "weights/folded/skew/effective_rank"
std::string weights_id(KernelForm form, const std::string& figure);

}  // namespace gatescope
