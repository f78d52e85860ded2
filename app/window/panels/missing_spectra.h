#pragma once
// What stands where spectra will be.

#include <string>

#include "app/window/frame.h"

namespace gatescope {

// Says what `what` ("The spectrum of the selected head") needs and offers it, or how far it is. `need`: the spectra
// that would fill the place; its delta doesn't matter.
void draw_missing_spectra(Frame& frame, const std::string& what, const SpectraRequest& need);

// A button's label and its cost for these: "Measure activations", "Two passes over 8 windows ..."
std::string spectra_button(const SpectraRequest& need);
std::string spectra_cost(const Snapshot& snapshot, const SpectraRequest& need);

}  // namespace gatescope
