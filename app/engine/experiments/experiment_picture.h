#pragma once
// An experiment's result and view from its plan and outcomes. No torch.

#include <memory>
#include <string>
#include <vector>

#include "app/engine/experiments/experiment_pace.h"
#include "app/engine/experiments/experiment_views.h"

namespace gatescope {

// All that a view is made of, but for the summary.
struct ExperimentState {
    std::shared_ptr<const ExperimentPlan> plan;
    Outcomes outcomes;  // of steps that are done
    std::string created, device, status = "stopped", message;
    std::vector<std::string> warnings;
    const ExperimentStep* at_work = nullptr;  // nullptr: all are done
    StepOutcome under_way;                    // of it
    double share = 0;
    ExperimentPace pace;
    std::vector<bool> there;  // by step: will be taken over
};

// Of what was done here: what was taken over took no time.
double seconds_of_work(const ExperimentState& state);

class ExperimentPicture {
  public:
    std::shared_ptr<const ExperimentView> draw(const ExperimentState& state);

  private:
    bool is_new(const ExperimentState& state) const;
    std::shared_ptr<const ExperimentResult> result_;
    std::size_t done_ = 0, reports_ = 0;
};

}  // namespace gatescope
