#pragma once
// Where a gate changes the loss: single tokens, and by position in the window. In nats, gated minus dense. No Dear
// ImGui.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

// How far the losses of a gate have come, by what they are of. Equal while there is too little new to work the figures
// below out again: with few windows each counts, with many every twentieth part.
struct LossStage {
    std::shared_ptr<const TextWindows> text;
    std::string gate;
    std::int64_t stage = -1;
    bool operator==(const LossStage&) const = default;
};
// Of a gate of the run; none without one.
LossStage loss_stage(const RunResult* run, std::optional<std::size_t> gate);

struct LossChange {
    std::int64_t window = 0, position = 0;
    float nats = 0;
};
struct LossChanges {
    std::vector<LossChange> worse, better;  // the largest first
};
// At most `keep` each, of one window or of all that both have.
LossChanges loss_changes(const PerplexityResult& gated, const PerplexityResult& dense,
                         std::optional<std::int64_t> window, std::size_t keep);

// Positions [from, to) of the windows.
struct PositionChange {
    std::int64_t from = 0, to = 0, windows = 0;
    double mean = 0;   // over windows, each by its own mean
    double error = 0;  // standard error over windows; NaN for one
};
// In about `buckets` equal parts of `window_length`; those without a scored token are left out.
std::vector<PositionChange> change_by_position(const PerplexityResult& gated, const PerplexityResult& dense,
                                               std::int64_t window_length, std::int64_t buckets);

}  // namespace gatescope
