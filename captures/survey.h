#pragma once
// Surveys: captures of the spectra of one or many checkpoints, without a text (SCHEMA.md). No torch.

#include <filesystem>
#include <memory>

#include "analysis/spectra/survey_results.h"
#include "model/core/job_context.h"

namespace gatescope {

// Writes NAME.partial, syncs, renames. One model stands at the root, several under /models. Throws
// Failure(kOutput, kUsage), kInternal for a survey without a model.
void write_survey(const SpectraSurvey& survey, const std::filesystem::path& path, bool overwrite, JobContext& job);

// Throws Failure(kBadFile, kNotFound) naming the file and the dataset or attribute. A model's request says what it has;
// the survey's is that of the first.
std::shared_ptr<const SpectraSurvey> read_survey(const std::filesystem::path& path);

// False: a capture of a run. Throws as read_survey for what is no capture.
bool is_survey(const std::filesystem::path& path);

}  // namespace gatescope
