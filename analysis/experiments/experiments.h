#pragma once
// The list of experiments: each a file of its own and a line in experiments.cpp. Forms, verbs, captures, figures and
// tests iterate it. No torch.

#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

struct ExperimentInfo {
    std::string id;                   // "soft-gating"
    std::string label;                // "Soft gating"
    std::string source;               // "Routing absorption, Figure 1"
    std::string question;             // one sentence
    std::string method;               // what is done, two or three sentences
    std::string claim;                // what the paper found, one sentence
    bool takes_model = false;         // may be run on a given checkpoint
    std::vector<std::string> params;  // keys of experiment_params() that mean something here
    std::vector<ExperimentStep> (*steps)(const ExperimentCourse& course, const std::string& folder) = nullptr;
    // Of what is there so far: rows, series and bars appear as arms end.
    ExperimentSummary (*summarise)(const ExperimentPlan& plan, const Outcomes& outcomes) = nullptr;
};

const std::vector<ExperimentInfo>& experiments();
// Throws Failure(kUsage) with the nearest known id.
const ExperimentInfo& find_experiment(const std::string& id);

}  // namespace gatescope
