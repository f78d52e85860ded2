#pragma once
// Heads as points, one figure against another: those of the model that is shown, and of the checkpoints of a survey. No
// Dear ImGui.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/metrics/metrics.h"
#include "app/engine/snapshot.h"
#include "app/window/view_state.h"

namespace gatescope {

struct ScatterChoice {
    std::string x, y;                 // ids of metrics
    std::int32_t k = 64;              // of those that take one
    std::optional<std::size_t> gate;  // of those of a gate: index into the run's
    bool log_x = false, log_y = false;
    bool operator==(const ScatterChoice&) const = default;
};

struct ScatterPoint {
    double x = 0, y = 0;  // finite; above 0 on a logarithmic axis
    HeadPlace place;
    std::size_t source = 0;  // of Scatter::sources
    bool operator==(const ScatterPoint&) const = default;
};

// Whose heads the points are.
struct ScatterSource {
    std::string name;
    std::optional<std::size_t> survey_place = {};  // among the checkpoints of the survey
    bool shown = false;  // the model whose heads all panels show: selecting its points selects there
};

struct Scatter {
    const MetricInfo* x = nullptr;
    const MetricInfo* y = nullptr;
    std::vector<ScatterSource> sources;  // those that have both figures
    std::vector<ScatterPoint> points;
    std::size_t without_value = 0;           // heads left out: one of the figures is NaN
    std::size_t not_positive = 0;            // or can't be on a logarithmic axis
    std::int64_t layers = 0;                 // one more than the highest layer's number
    double pearson = kNaN, spearman = kNaN;  // of the points as drawn: of logarithms on logarithmic axes
};

// `shown` is the run or capture that is looked at; may be nullptr.
Scatter scatter_of(const Snapshot& snapshot, const RunResult* shown, const ScatterChoice& choice);

// Which points lie in a rectangle of figures, its corners in any order.
struct ScatterBox {
    double x_from = 0, x_to = 0, y_from = 0, y_to = 0;
    bool holds(const ScatterPoint& point) const;
};
std::vector<std::size_t> points_in(const Scatter& scatter, const ScatterBox& box);

// Means over some of the points.
struct ScatterMeans {
    std::size_t count = 0;
    double x = kNaN, y = kNaN;
};
ScatterMeans means_of(const Scatter& scatter, const std::vector<std::size_t>& points);

}  // namespace gatescope
