// The kinds of steps that experiments are put together from.
#include <algorithm>

#include "analysis/experiments/experiment_course.h"
#include "analysis/training/recipe_values.h"

namespace gatescope {
namespace {

// Points of a distillation's curve; a tuning's has half as many. A report of a given model takes as long as many steps.
std::int64_t reports_of(const ExperimentCourse& course) {
    return course.own_model ? 20 : 8;
}

std::string named(const std::string& arm, std::int64_t seed) {
    return arm + "-seed-" + std::to_string(seed);
}
std::string titled(const std::string& doing, const std::string& arm, std::int64_t seed) {
    return doing + " " + arm + ", seed " + std::to_string(seed);
}

// Gates' own fields of a recipe; what has no gate has none of them, so that it is the same run whatever gates are.
Recipe without_gate(Recipe recipe) {
    for (const RecipeField& field : recipe_fields())
        if (field.section == "gate" || field.name() == "train.gate_learning_rate")
            recipe.values[field.name()] = field.spec.initial;
    return recipe;
}

bool rotates(const ExperimentCourse& course) {
    return !course.config.learned_positions;
}

// A checkpoint of a given model may be gigabytes, and takes as long to write as steps take.
void keep_little(Recipe& recipe) {
    constexpr std::int64_t kSteps = 20;  // of work that a killed run may lose
    ParamValue& every = recipe.values["report.checkpoint_every"];
    every = std::max(std::get<std::int64_t>(every), kSteps);
    recipe.values["report.keep_checkpoints"] = std::int64_t{1};
}

// Whatever gate an arm has begins with the course's width, and rotates where the model does.
Recipe with_gate_shape(const ExperimentCourse& course, Recipe recipe) {
    recipe.values["gate.dim"] = course.gate_dim;
    recipe.values["gate.rope"] = rotates(course);
    return recipe;
}

Recipe of_run(const ExperimentCourse& course, Recipe recipe, const std::string& arm, std::int64_t seed) {
    recipe.name = course.base.name + " " + arm;
    recipe.arms.clear();
    recipe.seeds = {seed};
    return recipe;
}

ExperimentStep train_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                          const Recipe& recipe) {
    return {named(arm, seed), arm, seed, titled("Train", arm, seed), TrainWork{of_run(course, recipe, arm, seed)}};
}

DistillRequest request_of(const ExperimentCourse& course, std::int64_t seed, const std::string& loss) {
    DistillRequest out;
    out.gate = "learned";
    out.loss = loss;
    out.k = course.k;
    out.steps = course.gate_steps;
    out.gate_dim = course.gate_dim;
    out.rope = rotates(course);
    out.seed = seed;
    out.window_length = course.window_length();
    out.held_out_windows = course.held_out_windows;
    out.report_every = std::max<std::int64_t>(course.gate_steps / reports_of(course), 1);
    out.sinks = out.local = 0;  // the paper's gate keeps its k best keys and no others
    return out;
}

}  // namespace

std::vector<ExperimentStep> base_steps(const ExperimentCourse& course, std::int64_t seed) {
    if (!course.own_model) return {};
    ExperimentStep out = train_step(course, "dense", seed, without_gate(course.base));
    out.arm = "base";
    return {out};
}

std::string base_model(const ExperimentCourse& course, const std::string& folder, std::int64_t seed) {
    if (!course.own_model) return text(course.base.values, "model.checkpoint");
    return last_checkpoint(folder, base_steps(course, seed).front());
}

ExperimentStep scratch_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                            const std::vector<std::string>& changes) {
    return train_step(course, arm, seed, changed_recipe(with_gate_shape(course, course.base), changes));
}

ExperimentStep tune_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                         const std::string& checkpoint, const std::string& layers,
                         const std::vector<std::string>& changes) {
    constexpr double kShare = 0.3;  // of a rate for random values: trained ones bear less
    Recipe recipe = with_gate_shape(course, recipe_on(course, checkpoint, seed));
    fit_to_steps(recipe, course.tune_steps);
    recipe.values["report.every"] = std::max<std::int64_t>(course.tune_steps / (reports_of(course) / 2), 1);
    recipe.values["report.concentration"] = false;
    recipe.values["train.parts"] = joined_lines({"queries", "keys", "values"});
    recipe.values["train.layers"] = layers;
    if (course.own_model)
        recipe.values["train.learning_rate"] = kShare * real(course.base.values, "train.learning_rate");
    else
        keep_little(recipe);
    ExperimentStep out = train_step(course, arm, seed, changed_recipe(recipe, changes));
    out.title = titled("Tune", arm, seed);
    return out;
}

Recipe recipe_on(const ExperimentCourse& course, const std::string& checkpoint, std::int64_t seed) {
    Recipe out = without_gate(course.base);
    out.values["train.gate_learning_rate"] = course.base.values.at("train.gate_learning_rate");
    out.values["model.from"] = std::string("checkpoint");
    out.values["model.checkpoint"] = checkpoint;
    out.seeds = {seed};
    return out;
}

ExperimentStep distill_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                            const std::string& checkpoint, const std::string& loss) {
    return {named(arm, seed) + "-gate", arm, seed, titled("Distil a gate for", arm, seed),
            DistillWork{recipe_on(course, checkpoint, seed), request_of(course, seed, loss)}};
}

ExperimentStep measure_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                            const std::string& checkpoint, const std::vector<std::string>& gates, bool concentration) {
    return {named(arm, seed) + "-measured", arm, seed, titled("Measure", arm, seed),
            MeasureWork{recipe_on(course, checkpoint, seed), gates, concentration}};
}

ExperimentStep gradient_step(const ExperimentCourse& course, const std::string& arm, std::int64_t seed,
                             const std::string& checkpoint) {
    return {named(arm, seed) + "-gradient", arm, seed, titled("Gradient of a gate on", arm, seed),
            GradientWork{recipe_on(course, checkpoint, seed), request_of(course, seed, "kl")}};
}

}  // namespace gatescope
