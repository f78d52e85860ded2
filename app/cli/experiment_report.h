#pragma once
// What `experiment` says before and while it works.

#include <string>
#include <vector>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

// Every experiment with its question and source.
std::string experiment_list(std::size_t width);

// What would be, or will be, done.
struct PlannedExperiment {
    const ExperimentPlan& plan;
    std::vector<double> step_seconds;  // by step, 0: there already; empty: not measured
    std::string folder;                // as it was typed
    std::string device = {};           // empty: not known
};
double planned_seconds(const PlannedExperiment& planned);  // negative: not measured

// The question, the sizes, which parts of the model train in which arm, time and folder.
std::string plan_text(const PlannedExperiment& planned, std::size_t width);
// A line a step with its time.
std::string steps_text(const PlannedExperiment& planned);

// "held-out perplexity 48.73": what a step came to, in a few words.
std::string outcome_words(const StepOutcome& outcome, const Work& work);
// What of the step's work a share of it is: "steps", 1600.
struct WorkUnits {
    std::string unit;
    double count = 1;
};
WorkUnits units_of(const Work& work);

}  // namespace gatescope
