#pragma once
// What the user looks at in the layout Spectra. Plain data.

#include <cstdint>
#include <set>
#include <string>

namespace gatescope {

enum class KernelForm { kRaw, kFolded };
// What the chart by depth shows.
enum class DepthChart { kFractions, kRanks, kCapacity };
// What the spectrum of a head shows.
enum class SpectrumPartChoice { kWhole, kSkew, kSymmetric, kActivations };

struct SpectraView {
    KernelForm form = KernelForm::kFolded;
    std::int64_t delta = 0;  // offset i - j of RoPE
    std::string rank = "effective_rank";
    SpectrumPartChoice part = SpectrumPartChoice::kSkew;
    DepthChart depth = DepthChart::kFractions;
    bool controls = true;     // bands of random kernels
    bool cumulative = false;  // energy of the spectrum in place of its values
    bool logarithmic = true;  // values of the spectrum
    std::string scatter_x = "weights/folded/skew_fraction", scatter_y = "weights/folded/skew/effective_rank";
    bool scatter_log_x = false, scatter_log_y = false;
    bool by_checkpoint = false;  // colours of the scatter; else by layer
    bool routing = true;         // the component shown is a plane of routing, else an axis of filtering
    std::int64_t component = 0;
    std::string survey_models, survey_path;  // typed: one a line; empty: no capture
    std::string survey_next;                 // typed, not yet among them
    bool survey_overwrite = false;
    std::set<std::string> hidden_models;  // of the survey, left out of charts
};

}  // namespace gatescope
