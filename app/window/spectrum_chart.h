#pragma once
// The spectrum of a head as a chart. No Dear ImGui state: what is drawn can be tested without a window.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "analysis/spectra/survey_results.h"
#include "app/window/chart.h"
#include "app/window/theme.h"
#include "app/window/view_state.h"

namespace gatescope {

// Where a head stands in the grids; -1: not among those analysed.
struct HeadCell {
    std::int64_t row = -1, column = -1;
    bool there() const { return row >= 0 && column >= 0; }
};

// One of the chart's lists of values: the magnitudes it draws, descending, and what a tooltip says of them.
struct SpectrumLine {
    std::string label;  // "routing", "attracts like"
    ImVec4 colour;
    std::vector<double> head, layer_mean;  // of the selected head; of its layer's heads
    std::vector<double> low, high;         // of random kernels; empty: none
    double energy = 1;                     // summed squares of the part that it belongs to
};

struct SpectrumPicture {
    Chart chart;                      // lines' order: one a list of `lines` first, then layer means, then other heads
    std::vector<SpectrumLine> lines;  // those the pointer finds
    bool random = false;              // a band of random kernels is drawn
    bool others = false;              // other selected heads are
    // "90 % in 27 of 128"
    std::string summary;
};

// What has to be there for the part that the view shows.
SpectraRequest spectrum_need(const SpectraView& view);
// Is it?
bool has_spectrum(const Spectra& spectra, const SpectraView& view);

// Of a head that is there. `others` are drawn faintly, at most the first few dozen.
SpectrumPicture spectrum_picture(const Spectra& spectra, const SpectraView& view, const HeadCell& head,
                                 const std::vector<HeadCell>& others, const Theme& theme);

// What a value in a fact or a tooltip is beside: "random 60.9 – 61.4"; empty where there is no control.
std::string control_text(const Spectra& spectra, const std::string& figure, bool share);

// "routing part", "kernel", ... for headers and axes.
const char* part_label(SpectrumPartChoice part);

}  // namespace gatescope
