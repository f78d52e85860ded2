#pragma once
// The capture of an experiment (SCHEMA.md, /experiment): plan, outcomes of all arms and seeds with recipes and curves,
// table and charts: its figure is drawn from it again. No torch.

#include <filesystem>
#include <memory>

#include "analysis/experiments/experiment_result.h"
#include "model/core/job_context.h"

namespace gatescope {

// As write_capture(): aside, synced, renamed. Throws Failure(kOutput, kUsage).
void write_experiment(const ExperimentResult& result, const std::filesystem::path& path, bool overwrite,
                      JobContext& job);
// Throws Failure(kBadFile, kNotFound) naming the file and the dataset or attribute.
// Nothing is planned anew: steps, rows, charts and verdict are those that were written. Paths below the experiment's
// folder come back relative to it, others as their last part; plan.folder is the folder's own name.
std::shared_ptr<const ExperimentResult> read_experiment(const std::filesystem::path& path);

// False: a capture of something else. Throws as read_experiment for what is no capture.
bool is_experiment(const std::filesystem::path& path);

}  // namespace gatescope
