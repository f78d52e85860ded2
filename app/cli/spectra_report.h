#pragma once
// Weight spectra of checkpoints as tables for people and as JSON for programs.

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/spectra/survey_results.h"

namespace gatescope {

// One model: its layers. Several: a row each. Means over heads.
std::string spectra_table(const SpectraSurvey& survey);
// Of every model the mean of every figure by layer and over all, keyed as in a capture's /spectra; NaN is null.
nlohmann::ordered_json spectra_json(const SpectraSurvey& survey);
// The same of one model's.
nlohmann::ordered_json figures_json(const Spectra& spectra);

}  // namespace gatescope
