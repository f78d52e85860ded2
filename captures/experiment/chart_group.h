#pragma once
// /experiment/charts/ID: all that a chart is drawn from (SCHEMA.md).

#include <vector>

#include "analysis/experiments/experiment_result.h"
#include "captures/experiment/stored_paths.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// Throws Failure(kInternal) for a series whose x, y and interval are not of one length.
void write_charts(h5::Writer& out, const std::string& group, const std::vector<ExperimentChart>& charts,
                  const StoredPaths& paths);
// In the order in which they were written. Throws Failure(kBadFile) naming the dataset or attribute.
std::vector<ExperimentChart> read_charts(const h5::Reader& in, const std::string& group);

}  // namespace gatescope
