#pragma once
// How long the rest of an experiment takes, by what steps of the same kind took. No torch.

#include <map>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

class ExperimentPace {
  public:
    // Seconds by step of the plan, as they were estimated beforehand; steps that nobody needs to do 0.
    void expect(const ExperimentPlan& plan, const std::vector<double>& step_seconds);
    // A step, or a share of one, took so long here.
    void took(const ExperimentStep& step, double share, double seconds);
    // Of a whole step; negative while not known.
    double seconds_of(const ExperimentStep& step) const;

  private:
    struct Pace {
        double seconds = 0, units = 0;
    };
    std::map<std::string, double> expected_;  // by step
    std::map<std::string, Pace> paces_;       // by kind, and by kind and gate
};

}  // namespace gatescope
