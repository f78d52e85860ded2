#pragma once
// Spectra of many captures as one survey.

#include <memory>
#include <string>
#include <vector>

#include "analysis/spectra/survey_results.h"

namespace gatescope {

// A checkpoint and the file that it stands in.
struct SurveyPart {
    std::string file;
    std::shared_ptr<const ModelSpectra> model;
};

// Is it the same checkpoint: the same name and the same weights?
bool same_model(const ModelSummary& a, const ModelSummary& b);

// Checkpoints that are there several times are put together, other ones of the same name numbered. Throws
// Failure(kUsage) naming file and place where two parts of one checkpoint overlap with other numbers.
std::vector<std::shared_ptr<const ModelSpectra>> merge_models(std::vector<SurveyPart> parts);

}  // namespace gatescope
