#pragma once
// The figures of one head's spectrum, each beside what random kernels have.

#include <string>
#include <vector>

#include "analysis/spectra/spectra_results.h"
#include "app/window/frame.h"
#include "app/window/spectrum_chart.h"

namespace gatescope {

struct SpectrumFact {
    std::string label, value, control, help;
};

// Of the part that the view shows, then of the whole kernel.
std::vector<SpectrumFact> spectrum_facts(const Spectra& spectra, const SpectraView& view, const HeadCell& head);

// Cells over the whole width; without the controls where `short_cells`.
float facts_height(const Frame& frame, std::size_t facts, bool short_cells);
void draw_facts(const Frame& frame, const std::vector<SpectrumFact>& facts, bool short_cells);

}  // namespace gatescope
