// What steps leave, and how gates name it.
#include <filesystem>

#include "analysis/experiments/experiment_plan.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr const char* kGateFile = "gate.safetensors";

// Canonical, with what needs quotes in them; values that the gate doesn't know are a bug.
std::string syntax_of(const ExperimentCourse& course, const std::string& id, ParamValues values) {
    GateTerm term{.id = id, .values = initial_values(gate_info(id).params), .layers = {}, .heads = {}};
    values["rope"] = !course.config.learned_positions;
    for (auto& [key, value] : values) term.values.at(key) = value;
    return print_gate({{term}});
}

}  // namespace

std::string last_checkpoint(const std::string& folder, const ExperimentStep& run) {
    const Recipe& recipe = std::get<TrainWork>(run.work).recipe;
    const std::string name = "checkpoint-" + std::to_string(integer(recipe.values, "train.steps"));
    return (std::filesystem::path(folder) / run.name / name).string();
}

std::string gate_file(const std::string& folder, const ExperimentStep& step) {
    if (std::holds_alternative<TrainWork>(step.work))
        return (std::filesystem::path(last_checkpoint(folder, step)) / kGateFile).string();
    return (std::filesystem::path(folder) / step.name / kGateFile).string();
}

std::string learned_gate(const ExperimentCourse& course, std::int64_t k, const std::string& file) {
    return syntax_of(course, "learned", {{"k", k}, {"file", file}, {"other_model", true}});
}

std::string soft_gate(const ExperimentCourse& course, const std::string& file) {
    return syntax_of(course, "soft-learned", {{"file", file}});
}

std::string random_gate(const ExperimentCourse& course, std::int64_t k, std::int64_t seed) {
    return syntax_of(course, "random", {{"k", k}, {"gate_dim", course.gate_dim}, {"seed", seed}});
}

}  // namespace gatescope
