#pragma once
// /experiment: what was asked for, what came of it at that scale, and the steps (SCHEMA.md).

#include "analysis/experiments/experiment_plan.h"
#include "captures/experiment/stored_paths.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// The group is there already.
void write_plan(h5::Writer& out, const std::string& group, const ExperimentPlan& plan, const StoredPaths& paths);
// Throws Failure(kBadFile) naming the dataset or attribute.
ExperimentPlan read_plan(const h5::Reader& in, const std::string& group);

}  // namespace gatescope
