#pragma once
// Training runs as the window gets them, made up by rule, for tests of the window without a model.

#include <memory>
#include <vector>

#include "app/engine/snapshot.h"

namespace gatescope::fake {

struct RunShape {
    std::string arm = "dense";
    std::int64_t seed = 0, step = 0, steps = 2000, report_every = 50;
    std::string status = "running";
};
// Of the recipe "tiny-soft-gates" in /runs/soft: four layers; a report every so many steps, a checkpoint every 250.
std::shared_ptr<const RunView> training(const RunShape& shape);

// Three arms of two seeds: four done, one at work, one waiting.
std::vector<std::shared_ptr<const RunView>> training_runs();
// snapshot() with those runs, a model of four layers open as of step 500 of the second arm's first seed.
Snapshot training_session();
// 12 runs with 1,000 reports each.
Snapshot long_training();

}  // namespace gatescope::fake
