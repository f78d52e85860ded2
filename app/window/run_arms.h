#pragma once
// Training runs side by side: an arm is what its seeds have in common. No Dear ImGui.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "analysis/training/training_results.h"

namespace gatescope {

using SharedRun = std::shared_ptr<const RunView>;

struct RunArm {
    std::string key;        // the folder that its runs lie in, and the arm's name
    std::string group;      // the same for arms that were started together
    std::string label;      // "soft-learned"; with the recipe's name where runs of several are there
    bool baseline = false;  // dense, beside arms that aren't
    std::size_t place = 0;  // among arms that aren't baselines: its colour
    std::vector<SharedRun> runs;
};
// In the order in which their first runs came.
std::vector<RunArm> run_arms(const std::vector<SharedRun>& runs);

// nullptr where the run has none.
const std::vector<double>* run_series(const RunView& run, const std::string& id);
// The last finite value; NaN where there is none.
double last_of(const RunView& run, const std::string& id);

struct SeedSpread {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double deviation = std::numeric_limits<double>::quiet_NaN();  // over seeds (n - 1); NaN below two
    std::int64_t seeds = 0;                                       // that have a value
};
// Of the finite ones.
SeedSpread seed_spread(const std::vector<double>& values);

struct ArmFigures {
    SeedSpread perplexity;  // held-out, under the gate
    SeedSpread dense;       // without it
    SeedSpread f1;
    // Nats a token above the first arm that was started with it, seed by seed at the last step that both have.
    SeedSpread above_first;
    std::int64_t least_step = 0, most_step = 0, steps = 0;  // over seeds; of how many
};
// `first` is the first arm of its group, perhaps the arm itself.
ArmFigures arm_figures(const RunArm& arm, const RunArm& first);
const RunArm& first_of_group(const std::vector<RunArm>& arms, const RunArm& arm);

bool is_waiting(const RunView& run);
bool is_active(const RunView& run);  // waiting, running or paused
// 1 for the next to train; 0 for a run that doesn't wait.
std::int64_t place_in_queue(const std::vector<SharedRun>& runs, const RunView& run);
// The run of a folder; nullptr where there is none.
SharedRun run_of(const std::vector<SharedRun>& runs, const std::string& folder);
// The one that is selected, else the one that trains, else the first; nullptr where there are none.
SharedRun selected_run(const std::vector<SharedRun>& runs, const std::string& wish);
// Of the checkpoint nearest to a step; -1 where the run has none.
std::int64_t nearest_checkpoint(const RunView& run, double step);

}  // namespace gatescope
