#pragma once
// Spectra of one model from two captures.

#include <memory>

#include "analysis/spectra/spectra_results.h"
#include "captures/merge/combine.h"

namespace gatescope {

// Either may be nullptr. Throws Failure(kUsage) naming file and dataset.
std::shared_ptr<const Spectra> merge_spectra(const std::shared_ptr<const Spectra>& a,
                                             const std::shared_ptr<const Spectra>& b, const Combine& combine);

}  // namespace gatescope
