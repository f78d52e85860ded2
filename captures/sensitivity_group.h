#pragma once
// A sensitivity map in a capture: /sensitivity (SCHEMA.md).

#include <memory>

#include "analysis/lab_results.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// After the scales of the root group. A map without points leaves nothing.
void write_sensitivity(h5::Writer& out, const SensitivityResult& map);

// Of a model of so many layers and heads; nullptr where the capture has none. Throws Failure(kBadFile).
std::shared_ptr<const SensitivityResult> read_sensitivity(const h5::Reader& in, std::int64_t n_layers,
                                                          std::int64_t n_heads);

}  // namespace gatescope
