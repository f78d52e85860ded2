#pragma once
// From what a user asks for to the steps of an experiment. No torch.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_step.h"
#include "model/config.h"
#include "model/core/param_spec.h"

namespace gatescope {

// What of an experiment can be chosen; empty and 0 stand for the scale's own.
struct ExperimentSetting {
    std::string experiment;            // id
    std::string scale = "tiny";        // of experiment_scales()
    std::string model;                 // "sample" or a path; empty: one that the experiment trains itself
    std::vector<std::int64_t> seeds;   // empty: the scale's
    ParamValues values;                // of experiment_params(); what is missing is at its default
    std::vector<std::string> changes;  // of the base recipe: "data.text=mine.txt"

    bool operator==(const ExperimentSetting&) const = default;
};

// What experiments can be asked for beside model, scale and seeds; 0 or empty: the scale's own. "k", "steps" (of models
// that are trained from scratch), "tune_steps" (of Q/K/V that go on from a trained model), "gate_steps" (of
// distillations), "held_out_windows", "gate_dim", "levels" (text: numbers of layers, "0,10,30").
const std::vector<ParamSpec>& experiment_params();

struct ExperimentScale {
    std::string id, label, help;  // "quick", "tiny", "paper-31m", "checkpoint"
    std::string recipe;           // of our_recipes(): the model that the experiment trains; empty for "checkpoint"
    std::vector<std::string> changes;
    std::vector<std::int64_t> seeds;
    ParamValues values;  // of experiment_params(), none 0
};
// "checkpoint" (and "quick" with a model) is what a setting with a model takes.
const std::vector<ExperimentScale>& experiment_scales();

// All of a setting, resolved.
struct ExperimentCourse {
    Recipe base;            // from scratch: the dense model that is trained; else: the checkpoint and its data
    bool own_model = true;  // the base is trained from scratch
    ModelConfig config;     // of the base
    std::vector<std::int64_t> seeds;
    std::int64_t k = 0, steps = 0, tune_steps = 0, gate_steps = 0, held_out_windows = 0, gate_dim = 32;
    std::vector<std::int64_t> levels;  // numbers of layers that adapt, rising; never empty
    std::int64_t window_length() const;
};

struct ExperimentPlan {
    ExperimentSetting setting;
    ExperimentCourse course;
    std::string folder;  // whole path
    std::vector<ExperimentStep> steps;
};

// `config`: of setting.model, which only the engine can read; nullptr where it is empty. Throws Failure(kUsage) naming
// what is wrong: an unknown experiment or scale, an experiment that needs its own model, a value out of range.
ExperimentPlan experiment_plan(const ExperimentSetting& setting, const std::string& folder, const ModelConfig* config);

// JSON of a setting; parse(print(s)) == s. Throws Failure(kBadFile, kUsage) naming `where`.
std::string print_setting(const ExperimentSetting& setting);
ExperimentSetting parse_setting(const std::string& json, const std::string& where);

// For experiments' files.

// The base of that seed: on its own, a run called "dense-seed-0" (so that experiments find each other's), else nothing.
std::vector<ExperimentStep> base_steps(const ExperimentCourse& course, std::int64_t seed);
// What models that go on from the base of that seed name as model.checkpoint: the run's last checkpoint, or the model.
std::string base_model(const ExperimentCourse& course, const std::string& folder, std::int64_t seed);
// A run from scratch beside the base, as `changes` ("gate.gate=soft-learned") make it of it: "ARM-seed-N".
ExperimentStep scratch_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                            const std::vector<std::string>& changes);
// A run of tune_steps that goes on from `checkpoint`: Q/K/V of `layers` (syntax of train.layers; those alone) train.
ExperimentStep tune_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                         const std::string& checkpoint, const std::string& layers,
                         const std::vector<std::string>& changes);
// The model and the data for DistillWork, MeasureWork, GradientWork.
Recipe recipe_on(const ExperimentCourse& course, const std::string& checkpoint, std::int64_t seed);
ExperimentStep distill_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                            const std::string& checkpoint, const std::string& loss);  // "ARM-seed-N-gate", learned, k
ExperimentStep measure_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                            const std::string& checkpoint, const std::vector<std::string>& gates,
                            bool concentration = false);  // "ARM-seed-N-measured"
ExperimentStep gradient_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                             const std::string& checkpoint);  // "ARM-seed-N-gradient"
// What steps leave. `course` knows whether the model rotates, and so whether its gates do.
std::string last_checkpoint(const std::string& folder, const ExperimentStep& run);  // FOLDER/NAME/checkpoint-STEPS
std::string gate_file(const std::string& folder,
                      const ExperimentStep& step);  // of a run's last checkpoint or a distillation
// Syntax of gates; those that rotate do so by themselves. A learned one serves the models, too, that go on from the one
// it was trained on.
std::string learned_gate(const ExperimentCourse& course, std::int64_t k, const std::string& file);
std::string soft_gate(const ExperimentCourse& course,
                      const std::string& file);  // of a run under gate.gate=soft-learned
std::string random_gate(const ExperimentCourse& course, std::int64_t k, std::int64_t seed);

}  // namespace gatescope
