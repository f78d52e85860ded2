#pragma once
// Spectra of activations and cosines over the windows of a measurement: a dense pass of its own, which gates leave
// alone. What was asked for before and is whole is not run again. No torch in the header.

#include <memory>

#include "analysis/measurement.h"
#include "app/engine/models.h"

namespace gatescope {

class SpectraPass {
  public:
    // One window of what `wish` still lacks; false when nothing is lacking. Model and text are the same at every call.
    // A cancelled window counts nowhere; after a Failure, what was done stays.
    bool step(const SpectraRequest& wish, Model& model, std::shared_ptr<const TextWindows> text,
              const RunRequest& windows, JobContext& job);
    // Windows of the pass that is under way; 0 where none is.
    double done() const;
    double total() const;
    // Of the windows done so far; nullptr before the first.
    std::shared_ptr<const Spectra> result() const;

  private:
    SpectraRequest asked_;                      // of the pass that is under way
    std::unique_ptr<Measurement> measurement_;  // nullptr: none is
    std::shared_ptr<const Spectra> whole_;      // over all windows
};

}  // namespace gatescope
