#pragma once
// Spectra of one model's heads in a capture: "/spectra", or "/models/NAME/spectra" in a survey.

#include <cstdint>
#include <memory>
#include <string>

#include "analysis/spectra/spectra_results.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// Grids are as large as the dimensions layer and head above `group` say.
void write_spectra(h5::Writer& out, const std::string& group, const Spectra& spectra);

// nullptr where there is no such group. `n_layers`, `n_heads`: those analysed. Throws Failure(kBadFile) naming the
// dataset.
std::shared_ptr<const Spectra> read_spectra(const h5::Reader& in, const std::string& group, std::int64_t n_layers,
                                            std::int64_t n_heads);

}  // namespace gatescope
