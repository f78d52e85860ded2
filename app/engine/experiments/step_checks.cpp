#include "app/engine/experiments/step_checks.h"

#include <algorithm>
#include <set>

#include "analysis/abilities.h"
#include "analysis/distillation.h"
#include "analysis/training/trained_gate.h"
#include "app/engine/experiments/experiment_folder.h"
#include "app/engine/experiments/step_work.h"
#include "app/engine/models.h"
#include "app/engine/runs/recipe_folder.h"
#include "app/engine/runs/run_parts.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

TrainPlan single_plan(const Recipe& recipe) {
    std::vector<TrainPlan> plans = train_plans(recipe);
    if (plans.size() != 1)
        throw Failure(FailureKind::kUsage, "is a recipe of " + std::to_string(plans.size()) + " runs", recipe.name);
    return std::move(plans.front());
}

// A step against what those before it leave.
class Checks {
  public:
    Checks(const ExperimentPlan& plan, std::string device) : plan_(plan), device_(std::move(device)) {}

    void check(const ExperimentStep& step) {
        try {
            if (!names_.insert(step.name).second)
                throw Failure(FailureKind::kInternal, "is the name of two steps", step.name);
            step_ = &step;
            std::visit(*this, step.work);
        } catch (const Failure& failure) {
            throw failure.at(step.title);
        }
    }

    void operator()(const TrainWork& work) {
        const TrainPlan run = single_plan(work.recipe);
        const GateSpec gate = parse_trained_gate(run.gate);
        check_files(gate);
        check_places(run);
        if (!run.from_scratch) check_trained_gate(run, plan_.course.config);
        check_training_room(plan_.course.config, device_);
        made_.insert(last_checkpoint(plan_.folder, *step_));
        made_.insert(gate_file(plan_.folder, *step_));
    }

    void operator()(const DistillWork& work) {
        const TrainPlan on = single_plan(work.recipe);
        check_places(on);
        check_distillation(whole_request(work.request, on, folder_of_step(plan_, *step_)), plan_.course.config);
        made_.insert(gate_file(plan_.folder, *step_));
    }

    void operator()(const MeasureWork& work) {
        check_places(single_plan(work.recipe));
        for (const std::string& text : work.gates) {
            const GateSpec gate = parse_gate(text);
            check_gates({gate}, plan_.course.config);
            check_files(gate);
        }
    }

    void operator()(const GradientWork& work) {
        const TrainPlan on = single_plan(work.recipe);
        check_places(on);
        check_distillation(whole_request(work.request, on, folder_of_step(plan_, *step_)), plan_.course.config);
    }

  private:
    // What steps leave is not there yet.
    void check_places(TrainPlan run) const {
        if (!run.from_scratch && made_.contains(run.checkpoint)) {
            run.from_scratch = true;
            run.tokenizer = "own";
        }
        run.gate = "dense";
        check_inputs(run);
    }

    void check_files(const GateSpec& gate) const {
        for (const std::string& file : files_of(gate)) {
            std::error_code ignored;
            if (!made_.contains(file) && !fs::exists(file, ignored))
                throw Failure(FailureKind::kNotFound, "no such file", file, "check the path");
        }
    }

    const ExperimentPlan& plan_;
    std::string device_;
    const ExperimentStep* step_ = nullptr;
    std::set<std::string> names_, made_;
};

struct RecipeOf {
    const Recipe& operator()(const auto& work) const { return work.recipe; }
};

}  // namespace

void check_steps(const ExperimentPlan& plan, const std::string& device) {
    Checks checks(plan, device);
    for (const ExperimentStep& step : plan.steps) checks.check(step);
}

ExperimentInputs open_inputs(const ExperimentPlan& plan, JobContext& job) {
    ExperimentInputs out;
    if (!plan.steps.empty())
        out.data_sha256 = open_data(single_plan(std::visit(RecipeOf(), plan.steps.front().work)), job).data->sha256();
    if (!plan.setting.model.empty())
        out.model_sha256 = weights_sha256(*open_checkpoint(model_path(plan.setting.model)), job);
    return out;
}

}  // namespace gatescope
