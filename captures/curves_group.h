#pragma once
// Training curves in a capture: /runs/NAME (SCHEMA.md).

#include <memory>
#include <vector>

#include "analysis/lab_results.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// Curves of one name are numbered. Throws Failure(kInternal) for series of unequal length.
void write_curves(h5::Writer& out, const std::vector<std::shared_ptr<const TrainCurve>>& curves);

// In the order in which they were written. Throws Failure(kBadFile).
std::vector<std::shared_ptr<const TrainCurve>> read_curves(const h5::Reader& in);

}  // namespace gatescope
