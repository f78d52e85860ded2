#pragma once
// An experiment of no paper, for tests of what all experiments share.

#include "analysis/experiments/experiment_course.h"
#include "analysis/experiments/experiments.h"

namespace gatescope {

inline ExperimentInfo made_up_experiment() {
    ExperimentInfo out;
    out.id = "made-up";
    out.takes_model = true;
    out.params = {"k", "steps", "tune_steps", "gate_steps", "held_out_windows", "gate_dim", "levels"};
    out.steps = [](const ExperimentCourse& course, const std::string& folder) {
        std::vector<ExperimentStep> steps;
        for (const std::int64_t seed : course.seeds) {
            for (const ExperimentStep& step : base_steps(course, seed)) steps.push_back(step);
            const std::string model = base_model(course, folder, seed);
            const ExperimentStep gate = distill_step(course, "base", seed, model, "kl");
            const std::string learned = learned_gate(course, course.k, gate_file(folder, gate));
            steps.push_back(gate);
            steps.push_back(tune_step(course, "learned", seed, model, "1", {"gate.gate=" + learned}));
            steps.push_back(tune_step(course, "soft", seed, model, "", {"gate.gate=soft-learned@0"}));
            if (course.own_model)
                steps.push_back(scratch_step(course, "soft-random", seed, {"gate.gate=soft-learned", "gate.train=0"}));
            steps.push_back(measure_step(course, "base", seed, model, {learned, "oracle:k=8"}));
            steps.push_back(gradient_step(course, "base", seed, model));
        }
        return steps;
    };
    return out;
}

inline ExperimentSetting setting_at(const std::string& scale, const std::string& model = {}) {
    return {.experiment = "made-up", .scale = scale, .model = model, .seeds = {}, .values = {}, .changes = {}};
}

}  // namespace gatescope
