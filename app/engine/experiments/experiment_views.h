#pragma once
// What the window sees of experiments. No torch.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

// What the setting of a page would do: an answer to ProposeExperiment.
struct ExperimentProposal {
    std::uint64_t id = 0;
    ExperimentSetting setting;
    std::shared_ptr<const ExperimentPlan> plan;  // nullptr: not there yet, or refused
    std::string refusal;                         // why it can't be run, one line
    std::vector<double> step_seconds;  // estimate by step, those that need not be done again 0; empty: not measured yet
    double seconds = -1;               // their sum; negative: not measured yet
    std::string device;                // that the estimate is for
};

// An experiment on the list: under way, stopped, done, or opened from a folder or a capture.
struct ExperimentView {
    std::uint64_t id = 0;  // changes whenever anything in here does
    std::string folder;    // what commands name it by; of a capture: the file
    std::shared_ptr<const ExperimentResult> result;
    std::string status;   // "waiting", "running", "stopped", "done", "failed"
    std::string message;  // why it stopped or failed, one line
    std::vector<std::string> warnings;
    std::size_t steps_done = 0;
    std::string at_work;        // title of the step that is under way
    double step_share = 0;      // of it, 0 to 1
    double seconds_left = -1;   // negative: not known
    bool from_capture = false;  // can't be gone on with
};

}  // namespace gatescope
