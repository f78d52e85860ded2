#pragma once
// The figures of a (layer, head) that the head map can show and a capture stores: one list. No torch.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

struct MetricInfo {
    std::string id;                   // as in captures: "entropy"; "mass_at_k" takes a k
    std::string label;                // "Mass in the top k"
    std::string help;                 // one sentence: what it says and how it is averaged
    std::string unit;                 // "nats", "keys", "share" (shown as %), "tokens"; empty for a bare number
    std::string group = "Attention";  // under which lists of metrics show it
    bool takes_k = false;
    bool share = false;       // 0..1, shown in per cent
    bool on_demand = false;   // needs the induction pass
    bool of_gate = false;     // a gate's agreement figure
    bool of_map = false;      // needs a sensitivity map
    bool of_spectra = false;  // needs spectra (spectra_metrics.h)
};
const std::vector<MetricInfo>& metric_infos();

// The metric's grid in a run, nullptr where the run has none. It is the run's own, or made of what the run has: hold
// the run as long as the grid. `k`: nearest stored k at or above; `gate`: index into run.gates, for figures of gates.
std::shared_ptr<const HeadGrid> metric_grid(const RunResult& run, const MetricInfo& metric, std::int32_t k,
                                            std::size_t gate = 0);

// "98.2 %", "2.31 nats", "21.4 keys": fixed digits for the metric's unit; "–" for NaN.
std::string format_metric(const MetricInfo& metric, float value);

}  // namespace gatescope
