#pragma once
// Figures that the window itself works out of a run, kept until the run or the choice changes.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/metrics/metrics.h"
#include "analysis/results.h"
#include "analysis/spectra/survey_results.h"
#include "app/window/loss_changes.h"
#include "app/window/view_state.h"

namespace gatescope {

// Perplexity after the first n windows, for n = 1, 2, ...
struct RunningPerplexity {
    std::string label;  // "dense", "A", "B"
    int slot = -1;      // 0: A, 1: B, -1: dense
    std::vector<double> windows, perplexity, low, high;
};

struct Derived {
    std::vector<std::int64_t> layers, heads;  // numbers of the grid's rows and columns
    const MetricInfo* metric = nullptr;
    std::shared_ptr<const HeadGrid> grid;         // of the metric shown; may live in the run
    std::string metric_label;                     // "Mass in top 64"
    int metric_slot = -1;                         // whose agreement it is: 0 A, 1 B, -1 no gate's
    float least = 0, most = 1;                    // of the grid
    bool diverging = false;                       // its zero is in the middle
    std::shared_ptr<const ModelSpectra> spectra;  // those shown: the capture's while one is open, else the model's
    std::vector<float> layer_means;
    float mean = 0;
    std::vector<std::pair<float, HeadPlace>> ranked;  // descending
    std::vector<RunningPerplexity> running;
    PairedDifference b_from_a;       // both gates on the windows that both have
    std::vector<LossChange> costly;  // of the shown window, descending, under B, or A where there is no B
    int costly_slot = -1;

    std::int64_t row_of(std::int64_t layer) const;
    std::int64_t column_of(std::int64_t head) const;
    // 1 for the largest; 0 for a head without a value.
    std::int64_t rank_of(const HeadPlace& place) const;
};

// Index of the gate of a slot in the run that is shown: as the snapshot says, in a capture its first and second gate.
struct ShownGates {
    std::optional<std::size_t> a, b;
    std::optional<std::size_t> of(int slot) const { return slot == 0 ? a : b; }
    bool operator==(const ShownGates&) const = default;
};

// `run` may be nullptr, `spectra` too: then they are the run's, if it has any.
Derived derive(const RunResult* run, const ShownGates& gates, const ViewState& view,
               std::shared_ptr<const ModelSpectra> spectra = nullptr);

// The metric of that id, the first of the list where it is unknown.
const MetricInfo& metric_called(const std::string& id);
// "Mass in top 64", "Skew fraction, folded".
std::string metric_label(const MetricInfo& metric, std::int32_t k);

}  // namespace gatescope
