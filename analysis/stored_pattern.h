#pragma once
// The map of one head out of a capture that holds patterns. No torch.

#include <memory>

#include "analysis/results.h"

namespace gatescope {

// Probabilities of (layer, head) in window `window` as `run` stores them, with the key sets of its first two gates
// where they are stored too. nullptr where the run has no patterns of that window or did not analyse that head.
std::shared_ptr<const PatternMatrix> stored_pattern(const RunResult& run, std::int64_t layer, std::int64_t head,
                                                    std::int64_t window);

}  // namespace gatescope
