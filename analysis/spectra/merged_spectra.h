#pragma once
// The spectra of one model put together from what was worked out apart. No torch.

#include <memory>

#include "analysis/spectra/spectra_results.h"

namespace gatescope {

// Weight kernels and controls of the one, activations and cosines of the other, either of which may be missing; under
// an id of its own. nullptr where both are.
std::shared_ptr<const Spectra> merged(const Spectra* weights, const Spectra* activations);

}  // namespace gatescope
