#pragma once
// Outcomes that no experiment came to, for what is made of them.

#include <functional>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"
#include "analysis/experiments/experiments.h"

namespace gatescope::made_up {

// In /experiments/ID.
ExperimentPlan plan_of(const std::string& experiment, const std::string& scale = "quick",
                       const std::vector<std::int64_t>& seeds = {});
// On small_llama(), which would be in /models/small.
ExperimentPlan plan_on_model(const std::string& experiment);
ModelConfig small_llama();  // 6 layers

// Windows whose losses differ a little; their mean is the perplexity's.
GateOutcome gate_of(const std::string& syntax, double perplexity);
std::shared_ptr<const TrainCurve> curve_of(const std::map<std::string, std::vector<double>>& series);

// A made-up end of every step: perplexity 60 under everything, gradients 0 through sets. Tests change what they are
// about.
Outcomes all_done(const ExperimentPlan& plan);
// Sets perplexities of a measuring, dense first.
void measure(Outcomes& outcomes, const std::string& step, const std::vector<double>& perplexities);

const ExperimentRow* row_of(const ExperimentSummary& summary, const std::string& what);  // whose text begins so
const ExperimentChart* chart_of(const ExperimentSummary& summary, const std::string& id);

}  // namespace gatescope::made_up
