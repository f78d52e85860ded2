#include "app/window/recipe_draft.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "analysis/training/train_plan.h"
#include "app/engine/train_command.h"
#include "app/window/file_fields.h"
#include "app/window/run_arms.h"
#include "app/window/training_words.h"
#include "app/window/typed_lists.h"
#include "app/window/widgets/text.h"
#include "model/core/error.h"
#include "model/families/canonical_tensors.h"
#include "model/families/scratch.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

// What stands in the form, as set_field() wants it.
std::string given_text(const RecipeField& field, const std::string& typed) {
    if (!field.several) return field.spec.kind == ParamKind::kText ? typed : trimmed(typed);
    std::string out;
    for (const std::string& entry : split_typed(typed, ",\n")) out += (out.empty() ? "" : ",") + entry;
    return out;
}

// The field that a message is about, by the names that it holds; empty where it names none.
std::string named_field(const Failure& failure) {
    for (const std::string& text : {failure.where(), std::string(failure.what())}) {
        std::string best;
        for (const RecipeField& field : recipe_fields())
            if (text.find(field.name()) != std::string::npos && field.name().size() > best.size()) best = field.name();
        if (!best.empty()) return best;
    }
    return {};
}

void read_fields(const RecipeDraft& draft, Recipe& recipe, FieldErrors* errors) {
    for (const RecipeField& field : recipe_fields()) {
        const auto typed = draft.values.find(field.name());
        if (typed == draft.values.end()) continue;
        try {
            set_field(recipe, field.name(), given_text(field, typed->second));
        } catch (const Failure& failure) {
            if (errors != nullptr) errors->emplace(field.name(), fault_words(failure, field.name()));
        }
    }
}

void drop_idle_errors(const ParamValues& values, FieldErrors& errors) {
    for (const RecipeField& field : recipe_fields())
        if (!field.applies_to(values)) errors.erase(field.name());
}

RecipeArm read_arm(const ArmDraft& draft, const Recipe& recipe) {
    RecipeArm out;
    out.name = trimmed(draft.name);
    if (out.name.empty()) throw Failure(FailureKind::kUsage, "an arm needs a name");
    for (const std::string& line : split_typed(draft.changes, "\n")) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos)
            throw Failure(FailureKind::kUsage, "\"" + shortened(line, 40) + "\"", {}, "a change is field=value");
        const std::string name = trimmed(line.substr(0, equals));
        Recipe changed = recipe;
        set_field(changed, name, given_text(recipe_field(name), trimmed(line.substr(equals + 1))));
        out.changes[name] = changed.values.at(name);
    }
    return out;
}

void read_arms(const RecipeDraft& draft, Recipe& recipe, FieldErrors& errors) {
    recipe.arms.clear();
    for (std::size_t at = 0; at < draft.arms.size(); ++at) {
        const std::string key = "arm " + std::to_string(at);
        try {
            RecipeArm arm = read_arm(draft.arms[at], recipe);
            const auto same = [&](const RecipeArm& other) { return other.name == arm.name; };
            if (std::any_of(recipe.arms.begin(), recipe.arms.end(), same))
                throw Failure(FailureKind::kUsage, "another arm has this name");
            recipe.arms.push_back(std::move(arm));
        } catch (const Failure& failure) {
            errors.emplace(key, failure.what());
        }
    }
}

// By a run that is not over.
bool in_use(const Snapshot& snapshot, const std::string& folder) {
    return std::any_of(snapshot.runs.begin(), snapshot.runs.end(), [&](const SharedRun& run) {
        return is_active(*run) && (run->folder == folder || run->folder.starts_with(folder + "/"));
    });
}

void place_runs(const Snapshot& snapshot, const RecipeDraft& draft, CheckedRecipe& out) {
    const WantedFolder wanted =
        check_folder({.typed = draft.folder,
                      .suggested = suggested_run_folder(draft),
                      .overwrite = draft.overwrite,
                      .in_use = [&](const std::string& folder) { return in_use(snapshot, folder); },
                      .in_use_words = "a run that is not over has it"},
                     out.errors);
    out.command.folder = wanted.path;
    out.exists = wanted.holds_something;
    out.command.overwrite = out.exists && draft.overwrite;
}

// Contradictions between fields; `plans` stays empty where there are any.
void check_plans(CheckedRecipe& out, std::vector<TrainPlan>& plans) {
    try {
        plans = train_plans(out.command.recipe);
    } catch (const Failure& failure) {
        const std::string field = named_field(failure);
        if (field.empty())
            out.why_not = failure.what();
        else
            out.errors.emplace(field, fault_words(failure, field));
    }
}

std::string label_of(const std::string& key) {
    for (const RecipeField& field : recipe_fields())
        if (field.name() == key) return field.spec.label;
    return key.starts_with("arm ") ? "Arms" : key == "seeds" ? "Seeds" : "Folder";
}

// Tokens a second of the last run of the same size.
double known_rate(const Snapshot& snapshot, const TrainPlan& plan) {
    double out = 0;
    for (const auto& run : snapshot.runs)
        if (run->tokens_per_second > 0 && run->plan.shape == plan.shape &&
            run->plan.from_scratch == plan.from_scratch && run->plan.window_length == plan.window_length &&
            run->plan.precision == plan.precision)
            out = run->tokens_per_second;
    return out;
}

std::string counted(std::size_t number, const char* one, const char* many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

// ", 1.4 million parameters in 4 layers"
std::string size_words(const TrainPlan& plan) {
    if (!plan.from_scratch) return {};
    const std::string layers = counted(static_cast<std::size_t>(plan.shape.n_layers), "layer", "layers");
    if (plan.vocabulary == 0) return ", a new model of " + layers;  // of another tokenizer
    double weights = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(scratch_config(plan.shape, plan.vocabulary))) {
        double size = 1;
        for (const std::int64_t length : tensor.shape) size *= static_cast<double>(length);
        weights += size;
    }
    return ", a new model of " + amount_text(weights) + " parameters in " + layers;
}

std::string outlook_of(const Snapshot& snapshot, const Recipe& recipe, const std::vector<TrainPlan>& plans) {
    if (plans.empty()) return {};
    const TrainPlan& first = plans.front();
    double tokens = 0, seconds = 0, rate = 0;
    for (const TrainPlan& plan : plans) {
        const double own =
            static_cast<double>(plan.steps) * static_cast<double>(plan.batch * plan.accumulation * plan.window_length);
        rate = known_rate(snapshot, plan);
        tokens += own;
        seconds += rate > 0 ? own / rate : std::nan("");
    }
    std::string out = counted(plans.size(), "run", "runs");
    if (plans.size() > 1)
        out += " (" + (recipe.arms.empty() ? "" : counted(recipe.arms.size(), "arm", "arms") + ", ") +
               counted(recipe.seeds.size(), "seed", "seeds") + ")";
    out += " of " + grouped(first.steps) + " steps, " + amount_text(tokens / static_cast<double>(plans.size())) +
           " tokens" + (plans.size() > 1 ? " each" : "") + size_words(first);
    if (std::isfinite(seconds)) return out + ". About " + duration_text(seconds) + " at the rate of the last such run.";
    return out + ". How long it takes is known once it trains.";
}

// Does the file still hold what the form does? Else it is to be saved first.
bool says(const std::string& path, const Recipe& recipe) {
    try {
        return read_recipe(path) == recipe;
    } catch (const Failure&) {
        return false;
    }
}

std::string arm_text(const RecipeArm& arm) {
    std::string out;
    for (const auto& [name, value] : arm.changes)
        out += (out.empty() ? "" : "\n") + name + "=" + recipe_field_text(recipe_field(name), value);
    return out;
}

}  // namespace

std::string recipe_field_text(const RecipeField& field, const ParamValue& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    const std::string text = print_value(value);
    std::string out;
    for (const char each : text) {
        if (each == '\n')
            out += field.several ? "," : "\\n";
        else if (each == '\t' && field.spec.kind == ParamKind::kText)
            out += "\\t";
        else if (each == '\\' && !field.several && field.spec.kind == ParamKind::kText)
            out += "\\\\";
        else
            out += each;
    }
    return out;
}

RecipeDraft draft_of(const Recipe& recipe, const std::string& source) {
    RecipeDraft out;
    out.source = source;
    out.name = recipe.name, out.notes = recipe.notes;
    for (const RecipeField& field : recipe_fields())
        out.values[field.name()] = recipe_field_text(field, recipe.values.at(field.name()));
    for (const RecipeArm& arm : recipe.arms) out.arms.push_back({arm.name, arm_text(arm)});
    out.seeds.clear();
    for (const std::int64_t seed : recipe.seeds) out.seeds += (out.seeds.empty() ? "" : ",") + std::to_string(seed);
    return out;
}

RecipeDraft draft_of(const std::string& path_or_id) {
    return draft_of(read_recipe(path_or_id), path_or_id);
}

void fill_draft(RecipeDraft& draft) {
    if (!draft.values.empty() || our_recipes().empty()) return;
    const std::string folder = draft.folder;
    draft = draft_of(our_recipes().front().id);
    draft.folder = folder;
}

ParamValues draft_values(const RecipeDraft& draft) {
    Recipe recipe = default_recipe();
    read_fields(draft, recipe, nullptr);
    return recipe.values;
}

std::string suggested_run_folder(const RecipeDraft& draft) {
    std::error_code ignored;
    std::string name;
    for (const char each : draft.name.empty() ? std::string("run") : draft.name)
        name += each == '/' || each == ' ' || each == '\\' ? '-' : each;
    return (fs::current_path(ignored) / "runs" / name).string();
}

CheckedRecipe check_recipe(const Snapshot& snapshot, const RecipeDraft& draft) {
    CheckedRecipe out;
    Recipe& recipe = out.command.recipe;
    recipe = default_recipe();
    recipe.name = trimmed(draft.name), recipe.notes = draft.notes;
    read_fields(draft, recipe, &out.errors);
    out.values = recipe.values;
    drop_idle_errors(out.values, out.errors);
    recipe.seeds = read_seeds(draft.seeds, out.errors);
    if (recipe.seeds.empty()) out.errors.emplace("seeds", "at least one, as in 0,1,2");
    read_arms(draft, recipe, out.errors);
    place_runs(snapshot, draft, out);
    const bool folder_alone = out.errors.size() == 1 && out.errors.contains("folder");
    std::vector<TrainPlan> plans;
    if (out.errors.empty() || folder_alone) check_plans(out, plans);
    out.outlook = outlook_of(snapshot, recipe, plans);
    if (out.why_not.empty() && !out.errors.empty())
        out.why_not = label_of(out.errors.begin()->first) + ": " + out.errors.begin()->second;
    return out;
}

std::string train_line(const RecipeDraft& draft, const CheckedRecipe& checked) {
    const auto ours = [&](const OurRecipe& recipe) { return recipe.id == draft.source; };
    const bool own = std::none_of(our_recipes().begin(), our_recipes().end(), ours);
    return train_command(checked.command, "best",
                         own && says(draft.source, checked.command.recipe) ? draft.source : "");
}

}  // namespace gatescope
