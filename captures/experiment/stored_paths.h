#pragma once
// What a capture keeps of an experiment's paths: below its folder they are names of ours,
// "dense-seed-0/checkpoint-400", and tell gates of one name apart; of all others the last part is kept.

#include <set>
#include <string>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

class StoredPaths {
  public:
    explicit StoredPaths(const ExperimentPlan& plan);

    std::string path(const std::string& path) const;
    std::string gate(const std::string& syntax) const;
    // Of a run that was taken over: the experiment's folder that it came from stays.
    std::string adopted(const std::string& run) const;
    // Anything for people.
    std::string text(const std::string& text) const;
    Recipe recipe(Recipe recipe) const;
    DistillRequest request(DistillRequest request) const;
    Work work(Work work) const;

  private:
    ParamValues values(ParamValues values) const;

    std::string folder_;           // with a '/' behind it; empty: none
    std::set<std::string> steps_;  // what was read from a capture is written as it is
};

}  // namespace gatescope
