#include "captures/experiment/stored_paths.h"

#include <variant>

#include "analysis/training/recipe_values.h"
#include "captures/privacy.h"
#include "model/core/last_part.h"

namespace gatescope {

StoredPaths::StoredPaths(const ExperimentPlan& plan) : folder_(plan.folder) {
    for (const ExperimentStep& step : plan.steps) steps_.insert(step.name);
    if (!folder_.empty() && folder_.back() != '/') folder_ += '/';
}

std::string StoredPaths::path(const std::string& path) const {
    if (!folder_.empty() && path.starts_with(folder_)) return path.substr(folder_.size());
    return steps_.contains(path.substr(0, path.find('/'))) ? path : last_part(path);
}

std::string StoredPaths::gate(const std::string& syntax) const {
    return gate_with_files(syntax, [this](const std::string& file) { return path(file); });
}

std::string StoredPaths::adopted(const std::string& run) const {
    const std::string name = last_part(run);
    const std::size_t end = run.rfind(name);
    const std::string owner = end == 0 || end == std::string::npos ? "" : last_part(run.substr(0, end));
    return owner.empty() || owner == "/" ? name : owner + "/" + name;
}

std::string StoredPaths::text(const std::string& text) const {
    std::string out = text;
    for (std::size_t at = folder_.empty() ? std::string::npos : out.find(folder_); at != std::string::npos;
         at = out.find(folder_, at))
        out.erase(at, folder_.size());
    return text_without_folders(out);
}

ParamValues StoredPaths::values(ParamValues values) const {
    for (auto& [name, value] : values) {
        if (!std::holds_alternative<std::string>(value)) continue;
        const RecipeField& field = recipe_field(name);
        auto& held = std::get<std::string>(value);
        if (name == "gate.gate") {
            held = gate(held);
        } else if (field.spec.kind != ParamKind::kFile) {
            held = text(held);
        } else {
            std::vector<std::string> lines = lines_of(held);
            for (std::string& line : lines) line = path(line);
            held = joined_lines(lines);
        }
    }
    return values;
}

Recipe StoredPaths::recipe(Recipe recipe) const {
    recipe.name = text(recipe.name);
    recipe.notes = text(recipe.notes);
    recipe.values = values(std::move(recipe.values));
    for (RecipeArm& arm : recipe.arms) arm.changes = values(std::move(arm.changes));
    return recipe;
}

DistillRequest StoredPaths::request(DistillRequest request) const {
    for (std::string* file : {&request.text, &request.held_out, &request.out, &request.capture}) *file = path(*file);
    return request;
}

Work StoredPaths::work(Work work) const {
    std::visit(
        [this](auto& kind) {
            kind.recipe = recipe(std::move(kind.recipe));
            if constexpr (requires { kind.request; }) kind.request = request(std::move(kind.request));
            if constexpr (requires { kind.gates; })
                for (std::string& syntax : kind.gates) syntax = gate(syntax);
        },
        work);
    return work;
}

}  // namespace gatescope
