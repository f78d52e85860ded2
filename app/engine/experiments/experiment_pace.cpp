#include "app/engine/experiments/experiment_pace.h"

namespace gatescope {
namespace {

double whole(const Recipe& recipe, const char* field) {
    return static_cast<double>(integer(recipe.values, field));
}

// What of a kind of work takes about as long each time, and how often a step does it.
struct Amount {
    std::string kind, gate;
    double units = 1;
};

struct AmountOf {
    Amount operator()(const TrainWork& work) const {
        const std::string& gate = text(work.recipe.values, "gate.gate");
        return {"train", gate.substr(0, gate.find(':')),
                whole(work.recipe, "train.steps") * whole(work.recipe, "train.batch") *
                    whole(work.recipe, "train.accumulation")};
    }
    Amount operator()(const DistillWork& work) const {
        return {"distill", work.request.loss, static_cast<double>(work.request.steps)};
    }
    Amount operator()(const MeasureWork& work) const {
        return {"measure", "",
                whole(work.recipe, "report.held_out_windows") * static_cast<double>(work.gates.size() + 1)};
    }
    Amount operator()(const GradientWork&) const { return {"gradient", "", 1}; }
};

}  // namespace

void ExperimentPace::expect(const ExperimentPlan& plan, const std::vector<double>& step_seconds) {
    for (std::size_t n = 0; n < plan.steps.size() && n < step_seconds.size(); ++n)
        expected_[plan.steps[n].name] = step_seconds[n];
}

void ExperimentPace::took(const ExperimentStep& step, double share, double seconds) {
    const Amount amount = std::visit(AmountOf(), step.work);
    for (const std::string& key : {amount.kind, amount.kind + " " + amount.gate}) {
        paces_[key].seconds += seconds;
        paces_[key].units += share * amount.units;
    }
}

double ExperimentPace::seconds_of(const ExperimentStep& step) const {
    const Amount amount = std::visit(AmountOf(), step.work);
    const auto by = [&](const std::string& key) {
        const auto found = paces_.find(key);
        return found != paces_.end() && found->second.units > 0
                   ? amount.units * found->second.seconds / found->second.units
                   : -1.0;
    };
    if (const double same = by(amount.kind + " " + amount.gate); same >= 0) return same;
    if (const auto found = expected_.find(step.name); found != expected_.end()) return found->second;
    return by(amount.kind);
}

}  // namespace gatescope
