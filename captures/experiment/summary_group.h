#pragma once
// /experiment/table and /experiment/charts: what an experiment comes to (SCHEMA.md).

#include "analysis/experiments/experiment_result.h"
#include "captures/experiment/stored_paths.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// `group`: /experiment, which is there already.
void write_summary(h5::Writer& out, const std::string& group, const ExperimentSummary& summary,
                   const StoredPaths& paths);
// Throws Failure(kBadFile) naming the dataset or attribute.
ExperimentSummary read_summary(const h5::Reader& in, const std::string& group);

}  // namespace gatescope
