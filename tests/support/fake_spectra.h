#pragma once
// Spectra, a survey of checkpoints and a head's components as the window gets them, made up by rule.

#include <memory>

#include "app/engine/snapshot.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope::fake {

// Everything that can be asked for.
SpectraRequest all_spectra();
// Of model(shape); heads differ, deeper layers route less and at lower ranks. Parts that `request` leaves out are
// missing.
std::shared_ptr<const ModelSpectra> spectra(const Shape& shape = {}, const SpectraRequest& request = all_spectra());
// Weight kernels, both forms, of checkpoints in the shapes of GPT-2 small, medium and large, BERT-base and Pythia 410M:
// the first `done` of them.
std::shared_ptr<const SpectraSurvey> survey(std::size_t done = 5);
// Six planes and six axes; the tokens projected are those of text(shape)'s first window.
std::shared_ptr<const HeadComponents> components(std::int64_t layer = 11, std::int64_t head = 4,
                                                 const Shape& shape = {});

// A quiet session with all of these.
Snapshot spectra_session(const Shape& shape = {});

}  // namespace gatescope::fake
