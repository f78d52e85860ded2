#include "analysis/experiments/experiments.h"

#include "analysis/experiments/experiment_entries.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {

const std::vector<ExperimentInfo>& experiments() {
    static const std::vector<ExperimentInfo> list = {
        concentration_experiment(),       soft_gating_experiment(), hard_gradient_experiment(),
        distill_onto_experiment(),        stochastic_experiment(),  post_hoc_experiment(),
        absorption_gradient_experiment(), sparsity_experiment(),
    };
    return list;
}

const ExperimentInfo& find_experiment(const std::string& id) {
    std::vector<std::string> ids;
    for (const ExperimentInfo& info : experiments()) {
        if (info.id == id) return info;
        ids.push_back(info.id);
    }
    throw Failure(FailureKind::kUsage, "there is no such experiment", one_line(id, 80), suggestion(id, ids));
}

}  // namespace gatescope
