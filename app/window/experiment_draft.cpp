#include "app/window/experiment_draft.h"

#include <algorithm>
#include <filesystem>

#include "app/window/experiment_state.h"
#include "app/window/file_fields.h"
#include "app/window/typed_lists.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

const std::string kTextField = "data.text=";

std::string joined(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t number : numbers) out += (out.empty() ? "" : ",") + std::to_string(number);
    return out;
}

const ExperimentScale* scale_of(const std::string& id) {
    for (const ExperimentScale& scale : experiment_scales())
        if (scale.id == id) return &scale;
    return nullptr;
}

// "sample" is one of ours.
std::string whole(const std::string& typed) {
    const std::string path = trimmed(typed);
    std::error_code ignored;
    return path.empty() || path == "sample" ? path : fs::absolute(path, ignored).lexically_normal().string();
}

void read_values(const ExperimentInfo& info, const ExperimentDraft& draft, ParamValues& values, FieldErrors& errors) {
    for (const ParamSpec* spec : offered_params(info)) {
        const auto typed = draft.values.find(spec->key);
        const std::string text = typed == draft.values.end() ? "" : trimmed(typed->second);
        if (text.empty()) continue;
        try {
            values[spec->key] = parse_value(*spec, text, spec->label);
        } catch (const Failure& failure) {
            errors[spec->key] = fault_words(failure, spec->key);
        }
    }
}

// Of the base recipe: each by itself; contradictions are the proposal's to say.
void read_changes(const ExperimentDraft& draft, std::vector<std::string>& changes, FieldErrors& errors) {
    const auto add = [&](const std::string& key, const std::string& name, const std::string& value) {
        try {
            Recipe recipe = default_recipe();
            set_field(recipe, name, value);
            changes.push_back(name + "=" + value);
        } catch (const Failure& failure) {
            errors[key] = failure.what();
        }
    };
    if (const std::string text = whole(draft.text); !text.empty()) {
        add("text", "data.text", text);
        if (text != "sample" && !path_exists(text)) errors["text"] = "there is no such file";
    }
    for (const std::string& line : split_typed(draft.changes, "\n")) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos)
            errors["changes"] = "a change is field=value, as in train.batch=8";
        else
            add("changes", trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
    }
}

std::string label_of(const std::string& key) {
    for (const ParamSpec& spec : experiment_params())
        if (spec.key == key) return spec.label;
    std::string out = key;
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
}

}  // namespace

const ExperimentInfo& page_of(const ExperimentsView& view) {
    for (const ExperimentInfo& info : experiments())
        if (info.id == view.experiment) return info;
    return experiments().front();
}

ExperimentDraft& draft_of_page(ExperimentsView& view) {
    return view.drafts[page_of(view).id];
}

ExperimentDraft draft_of_setting(const ExperimentSetting& setting) {
    ExperimentDraft out;
    out.scale = setting.scale, out.model = setting.model;
    out.seeds = joined(setting.seeds);
    for (const auto& [key, value] : setting.values) out.values[key] = print_value(value);
    for (const std::string& change : setting.changes)
        if (change.starts_with(kTextField))
            out.text = change.substr(kTextField.size());
        else
            out.changes += (out.changes.empty() ? "" : "\n") + change;
    return out;
}

bool is_untouched(const ExperimentDraft& draft) {
    ExperimentDraft typed = draft;
    std::erase_if(typed.values, [](const auto& value) { return value.second.empty(); });
    return typed == ExperimentDraft();
}

std::vector<const ExperimentScale*> offered_scales(const ExperimentInfo& info, const ExperimentDraft& draft) {
    std::vector<const ExperimentScale*> out;
    const bool given = info.takes_model && !draft.model.empty();
    for (const ExperimentScale& scale : experiment_scales())
        if (given ? scale.id == "quick" || scale.recipe.empty() : !scale.recipe.empty()) out.push_back(&scale);
    return out;
}

void choose_model(const ExperimentInfo& info, const std::string& model, ExperimentDraft& draft) {
    draft.model = model;
    const std::vector<const ExperimentScale*> offered = offered_scales(info, draft);
    const auto is_now = [&](const ExperimentScale* scale) { return scale->id == draft.scale; };
    if (offered.empty() || std::any_of(offered.begin(), offered.end(), is_now)) return;
    draft.scale = model.empty() ? ExperimentDraft().scale : offered.back()->id;
}

std::vector<const ParamSpec*> offered_params(const ExperimentInfo& info) {
    std::vector<const ParamSpec*> out;
    for (const ParamSpec& spec : experiment_params())
        if (std::find(info.params.begin(), info.params.end(), spec.key) != info.params.end()) out.push_back(&spec);
    return out;
}

std::string scale_text(const ExperimentDraft& draft, const std::string& key) {
    const ExperimentScale* scale = scale_of(draft.scale);
    const auto value = scale == nullptr ? ParamValues::const_iterator() : scale->values.find(key);
    const bool known = scale != nullptr && value != scale->values.end();
    const std::string text = known ? print_value(value->second) : "";
    return text.empty() || text == "0" ? "its own" : text;
}

std::string scale_seeds(const ExperimentDraft& draft) {
    const ExperimentScale* scale = scale_of(draft.scale);
    return scale == nullptr ? "" : joined(scale->seeds);
}

Checked<StartExperiment> check_experiment(const Snapshot& snapshot, const ExperimentInfo& info,
                                          const ExperimentDraft& draft) {
    Checked<StartExperiment> out;
    ExperimentSetting& setting = out.command.setting;
    setting.experiment = info.id;
    setting.scale = draft.scale;
    if (info.takes_model) setting.model = whole(draft.model);
    if (!setting.model.empty() && setting.model != "sample" && !path_exists(setting.model))
        out.errors["model"] = "there is no such file or folder";
    setting.seeds = read_seeds(draft.seeds, out.errors);
    read_values(info, draft, setting.values, out.errors);
    read_changes(draft, setting.changes, out.errors);
    const WantedFolder wanted =
        check_folder({.typed = draft.folder,
                      .suggested = suggested_experiment_folder(info.id),
                      .overwrite = draft.overwrite,
                      .in_use = [&](const std::string& folder) { return in_use(snapshot.experiments, folder); },
                      .in_use_words = "an experiment that is not over has it"},
                     out.errors);
    out.command.folder = wanted.path;
    out.exists = wanted.holds_something;
    out.command.overwrite = out.exists && draft.overwrite;
    if (!out.errors.empty()) out.why_not = label_of(out.errors.begin()->first) + ": " + out.errors.begin()->second;
    return out;
}

std::string suggested_experiment_folder(const std::string& experiment) {
    std::error_code ignored;
    return (fs::current_path(ignored) / "experiments" / experiment).string();
}

}  // namespace gatescope
