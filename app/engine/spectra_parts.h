#pragma once
// The parts of a model's spectra: what of a wish is there, what is yet to be done, and both put together. No torch.

#include <memory>

#include "analysis/spectra/spectra_results.h"
#include "model/config.h"

namespace gatescope {

// The wish as the model can have it: one that does not rotate has its kernels at one offset only.
SpectraRequest fitted(SpectraRequest wish, const ModelConfig& config);

// What has to be worked out so that `there` (nullptr: nothing) and it together are the weight kernels that the wish
// asks for; controls go with the forms that they stand beside. No form: nothing.
SpectraRequest missing_weights(const SpectraRequest& wish, const Spectra* there);

// Of activations and cosines, what of the wish is not there over so many windows.
SpectraRequest missing_activations(const SpectraRequest& wish, const Spectra* there, std::int64_t windows);

// The weight kernels of `fresh` and those of `there` that still stand beside them: of the same offset, controls of the
// same seed. Activations and cosines are those of `there`.
std::shared_ptr<const Spectra> with_weights(const Spectra& fresh, const Spectra* there);

// What `fresh` has of activations and cosines, else what `there` has; weight kernels are those of `there`. nullptr
// where neither has anything.
std::shared_ptr<const Spectra> with_activations(const Spectra* fresh, const Spectra* there);

// Its weight kernels alone; nullptr where there are none.
std::shared_ptr<const Spectra> weights_alone(const Spectra* there);

}  // namespace gatescope
