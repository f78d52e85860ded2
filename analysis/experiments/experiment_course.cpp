#include "analysis/experiments/experiment_course.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <set>

#include "analysis/abilities.h"
#include "analysis/training/recipe_values.h"
#include "analysis/training/train_plan.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"
#include "model/core/last_part.h"
#include "model/families/scratch.h"

namespace gatescope {
namespace {

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

// What arms differ in, and what makes a model the given one.
void check_changes(const std::vector<std::string>& changes) {
    for (const std::string& change : changes) {
        const std::string name = change.substr(0, change.find('='));
        (void)recipe_field(name);
        if (name == "gate.gate" || name == "gate.train" || name == "gate.rope" || name == "gate.dim")
            throw refused("is not the base's to say: it has no gate, and arms have their own", name,
                          name == "gate.dim" ? "give gate_dim in its place" : "leave it out");
        if (name == "train.parts" || name == "train.layers")
            throw refused("is what the experiment chooses", name, "leave it out");
        if (name == "model.from" || name == "model.checkpoint")
            throw refused("is not changed that way", name, "give the model itself: --model");
    }
}

// Its own part of a recipe means nothing to a model that is there already.
void check_apply(const std::vector<std::string>& changes, const Recipe& base) {
    for (const std::string& change : changes) {
        const RecipeField& field = recipe_field(change.substr(0, change.find('=')));
        if ((field.section == "model" || field.section == "data") && !field.applies_to(base.values))
            throw refused("means nothing here", field.name(),
                          text(base.values, "model.from") == "checkpoint" ? "the model is given" : "leave it out");
    }
}

void check_seeds(const std::vector<std::int64_t>& seeds) {
    constexpr std::int64_t kLargest = 4294967295;  // of a gate's
    constexpr std::size_t kMost = 100;
    for (const std::int64_t seed : seeds)
        if (seed < 0 || seed > kLargest)
            throw refused(std::to_string(seed) + " is not allowed", "seeds",
                          "whole numbers from 0 to " + std::to_string(kLargest));
    if (std::set(seeds.begin(), seeds.end()).size() != seeds.size())
        throw refused("names a seed twice", "seeds", "name each once");
    if (seeds.size() > kMost)
        throw refused("are " + std::to_string(seeds.size()), "seeds", "at most " + std::to_string(kMost));
}

// Setting's values over the scale's.
class Values {
  public:
    Values(const ExperimentSetting& setting, const ExperimentScale& scale) : chosen_(setting.values), scale_(scale) {
        for (const auto& [key, value] : chosen_) check(key, value);
    }

    bool chosen(const std::string& key) const {
        const auto found = chosen_.find(key);
        return found != chosen_.end() && found->second != ParamValue(std::int64_t{0});
    }
    std::int64_t whole(const std::string& key) const { return integer(chosen(key) ? chosen_ : scale_.values, key); }
    std::string words(const std::string& key) const {
        return chosen_.contains(key) ? text(chosen_, key) : text(scale_.values, key);
    }

  private:
    static void check(const std::string& key, const ParamValue& value) {
        const ParamSpec& spec = experiment_param(key);
        if (value.index() != spec.initial.index()) throw refused("is of another kind", key, spec.help);
        (void)parse_value(spec, print_value(value), "experiment");
    }

    const ParamValues& chosen_;
    const ExperimentScale& scale_;
};

Recipe beginning_of(const ExperimentSetting& setting, const ExperimentScale& scale) {
    if (setting.model.empty()) {
        Recipe out = read_recipe(scale.recipe);
        out.name = scale.id;
        return out;
    }
    Recipe out = default_recipe();
    out.name = one_line(last_part(setting.model), 40);
    set_field(out, "model.from", "checkpoint");
    out.values["model.checkpoint"] = setting.model;
    check_field(recipe_field("model.checkpoint"), out.values["model.checkpoint"]);
    return out;
}

// What a scale changes of a model's shape and vocabulary is not for a model that is given.
std::vector<std::string> changes_of(const ExperimentScale& scale, bool own_model) {
    if (own_model || scale.recipe.empty()) return scale.changes;
    return {"train.window=64", "train.batch=1", "train.learning_rate=0.0001", "train.gate_learning_rate=0.003"};
}

// A given model is large beside the one that a quick experiment trains: a few steps of everything.
ExperimentScale sizes_of(ExperimentScale scale, bool own_model) {
    if (own_model || scale.recipe.empty()) return scale;
    for (const auto& [key, value] : {std::pair{"tune_steps", 4}, {"gate_steps", 8}, {"held_out_windows", 2}})
        scale.values[key] = std::int64_t{value};
    scale.seeds = {0};
    return scale;
}

Recipe base_of(const ExperimentSetting& setting, const ExperimentScale& scale, const Values& values) {
    check_changes(setting.changes);
    Recipe base = changed_recipe(beginning_of(setting, scale), changes_of(scale, setting.model.empty()));
    base.notes.clear();
    base.arms.clear();
    fit_to_steps(base, integer(scale.values, "steps"));
    base.values["report.held_out_windows"] = values.whole("held_out_windows");
    std::vector<std::string> changes = setting.changes;
    for (const auto& [key, field] :
         {std::pair{"steps", "train.steps"}, {"held_out_windows", "report.held_out_windows"}})
        if (values.chosen(key)) changes.push_back(std::string(field) + "=" + std::to_string(values.whole(key)));
    base = changed_recipe(base, changes);
    check_apply(setting.changes, base);
    return base;
}

std::vector<std::int64_t> levels_of(const std::string& given, std::int64_t n_layers) {
    constexpr std::int64_t kFew = 8;  // so many layers have a level each
    std::vector<std::int64_t> out;
    if (given.empty()) {
        for (std::int64_t n = 0; n <= n_layers; ++n)
            if (n_layers <= kFew || n == 0 || n == (n_layers + 1) / 3 || n == n_layers) out.push_back(n);
        return out;
    }
    ParamSpec level = experiment_param("levels");
    level.kind = ParamKind::kInteger;
    level.most = static_cast<double>(n_layers);
    std::string numbers = given;
    std::replace(numbers.begin(), numbers.end(), ',', '\n');
    for (const std::string& each : lines_of(numbers))
        out.push_back(
            std::get<std::int64_t>(parse_value(level, each, "the model has " + std::to_string(n_layers) + " layers")));
    if (std::adjacent_find(out.begin(), out.end(), std::greater_equal<>()) != out.end())
        throw refused("\"" + one_line(given, 40) + "\" is not allowed", "levels",
                      "numbers of layers in rising order, each once, as 0,1,4");
    return out;
}

const ExperimentScale& scale_of(const ExperimentSetting& setting) {
    const ExperimentScale& scale = find_scale(setting.scale);
    if (setting.model.empty() && scale.recipe.empty())
        throw refused("needs a model", "scale " + scale.id, "give one, as in --model sample");
    if (!setting.model.empty() && !scale.recipe.empty() && scale.id != "quick")
        throw refused("trains a model of its own, and one is given", "scale " + scale.id,
                      "take the scale checkpoint or quick, or leave the model out");
    return scale;
}

ModelConfig config_of(const Recipe& base, const ModelConfig* given) {
    if (given != nullptr) return *given;
    constexpr std::int64_t kSmallest = 257;            // of another model's tokenizer, which is not read here
    const TrainPlan plan = train_plans(base).front();  // checks all values, too
    return scratch_config(plan.shape, std::max(plan.vocabulary, kSmallest));
}

}  // namespace

const ExperimentScale& find_scale(const std::string& id) {
    std::vector<std::string> ids;
    for (const ExperimentScale& scale : experiment_scales()) {
        if (scale.id == id) return scale;
        ids.push_back(scale.id);
    }
    throw refused("there is no such scale", one_line(id, 60), suggestion(id, ids));
}

const ParamSpec& experiment_param(const std::string& key) {
    std::vector<std::string> known;
    for (const ParamSpec& spec : experiment_params()) {
        if (spec.key == key) return spec;
        known.push_back(spec.key);
    }
    throw refused("is nothing that an experiment takes", one_line(key, 60), suggestion(key, known));
}

std::int64_t ExperimentCourse::window_length() const {
    return integer(base.values, "train.window");
}

ExperimentCourse course_of(const ExperimentSetting& setting, const ModelConfig* config) {
    const bool own = setting.model.empty();
    const ExperimentScale scale = sizes_of(scale_of(setting), own);
    const Values values(setting, scale);
    ExperimentCourse out;
    out.own_model = own;
    out.seeds = setting.seeds.empty() ? scale.seeds : setting.seeds;
    check_seeds(out.seeds);
    out.base = base_of(setting, scale, values);
    out.base.seeds = {out.seeds.front()};
    assert(own || config != nullptr);
    out.config = config_of(out.base, own ? nullptr : config);
    if (const std::string why = why_no_perplexity(out.config); !why.empty())
        throw Failure(FailureKind::kUnsupported, why, one_line(setting.model, 120), "take a decoder");
    out.steps = integer(out.base.values, "train.steps");
    out.held_out_windows = integer(out.base.values, "report.held_out_windows");
    out.k = values.whole("k");
    out.tune_steps = values.whole("tune_steps");
    out.gate_steps = values.whole("gate_steps");
    out.gate_dim = values.whole("gate_dim");
    out.levels = levels_of(values.words("levels"), out.config.n_layers);
    if (out.k > out.window_length())
        throw refused(std::to_string(out.k) + " keys are more than a window of " + std::to_string(out.window_length()) +
                          " tokens has",
                      "k", "give at most the window, better an eighth of it");
    if (out.config.learned_positions && out.window_length() > out.config.n_ctx)
        throw refused(std::to_string(out.window_length()) + " tokens are more than the model's " +
                          std::to_string(out.config.n_ctx) + " positions",
                      "train.window", "give a shorter one, as in --set train.window=64");
    if (!out.config.learned_positions && out.gate_dim % 2 != 0)
        throw refused(std::to_string(out.gate_dim) + " channels can't be rotated in pairs", "gate_dim",
                      "give an even number: the model rotates, and so do its gates");
    out.base = train_plans(out.base).front().recipe;  // with whole paths
    return out;
}

}  // namespace gatescope
