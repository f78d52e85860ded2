#pragma once
// /experiment/outcomes/STEP: what the steps came to (SCHEMA.md). Their curves stand in /runs.

#include <memory>
#include <vector>

#include "analysis/experiments/experiment_step.h"
#include "captures/experiment/stored_paths.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// The curves of all of them come back by themselves, named after their steps, for write_curves().
std::vector<std::shared_ptr<const TrainCurve>> write_outcomes(h5::Writer& out, const std::string& group,
                                                              const Outcomes& outcomes, const StoredPaths& paths);
// `curves`: of the capture, by those names. Throws Failure(kBadFile) naming the dataset or attribute.
Outcomes read_outcomes(const h5::Reader& in, const std::string& group,
                       const std::vector<std::shared_ptr<const TrainCurve>>& curves);

}  // namespace gatescope
