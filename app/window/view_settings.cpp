#include "app/window/view_settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "analysis/experiments/experiments.h"
#include "analysis/spectra/spectra_metrics.h"
#include "app/window/layouts.h"
#include "app/window/recipe_draft.h"

namespace gatescope {

namespace {

using Words = std::map<std::string, std::string>;

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) out.push_back(line);
    return out;
}

const std::string* find(const Words& words, const std::string& key) {
    const auto found = words.find(key);
    return found == words.end() || found->second.empty() ? nullptr : &found->second;
}

template <typename Integer>
void read_integer(const Words& words, const std::string& key, Integer least, Integer most, Integer& out) {
    const std::string* text = find(words, key);
    if (text == nullptr) return;
    char* end = nullptr;
    const long long value = std::strtoll(text->c_str(), &end, 10);
    if (*end != '\0' || value < static_cast<long long>(least) || value > static_cast<long long>(most)) return;
    out = static_cast<Integer>(value);
}

void read_flag(const Words& words, const std::string& key, bool& out) {
    if (const std::string* text = find(words, key)) out = *text == "yes";
}

void read_slot(const Words& words, const std::string& key, int& out) {
    if (const std::string* text = find(words, key)) out = *text == "B" ? 1 : 0;
}

void read_text(const Words& words, const std::string& key, std::string& out) {
    if (const std::string* text = find(words, key)) out = *text;
}

std::string yes(bool value) {
    return value ? "yes" : "no";
}

// In the order of their enumerations.
constexpr std::array kForms = {"raw", "folded"};
constexpr std::array kParts = {"whole", "routing", "filtering", "activations"};
constexpr std::array kDepths = {"shares", "ranks", "capacity"};

template <typename Choice, std::size_t kCount>
void read_choice(const Words& words, const std::string& key, const std::array<const char*, kCount>& names,
                 Choice& out) {
    const std::string* text = find(words, key);
    if (text == nullptr) return;
    const auto found = std::find(names.begin(), names.end(), *text);
    if (found != names.end()) out = static_cast<Choice>(found - names.begin());
}

template <std::size_t kCount, typename Choice>
std::string choice_word(const std::array<const char*, kCount>& names, Choice choice) {
    return names.at(static_cast<std::size_t>(choice));
}

void spectra_to_words(const SpectraView& view, Words& words) {
    words["kernels"] = choice_word(kForms, view.form);
    words["offset"] = std::to_string(view.delta);
    words["spectrum of"] = choice_word(kParts, view.part);
    words["spectrum as energy"] = yes(view.cumulative);
    words["spectrum logarithmic"] = yes(view.logarithmic);
    words["random kernels"] = yes(view.controls);
    words["by depth"] = choice_word(kDepths, view.depth);
    words["rank"] = view.rank;
    words["scatter across"] = view.scatter_x;
    words["scatter up"] = view.scatter_y;
    words["scatter across logarithmic"] = yes(view.scatter_log_x);
    words["scatter up logarithmic"] = yes(view.scatter_log_y);
    words["scatter by checkpoint"] = yes(view.by_checkpoint);
    words["components of routing"] = yes(view.routing);
    words["survey"] = view.survey_models;
    words["survey capture"] = view.survey_path;
}

void words_to_spectra(const Words& words, SpectraView& view) {
    read_choice(words, "kernels", kForms, view.form);
    read_integer<std::int64_t>(words, "offset", 0, 1024, view.delta);
    read_choice(words, "spectrum of", kParts, view.part);
    read_flag(words, "spectrum as energy", view.cumulative);
    read_flag(words, "spectrum logarithmic", view.logarithmic);
    read_flag(words, "random kernels", view.controls);
    read_choice(words, "by depth", kDepths, view.depth);
    const auto& ranks = rank_infos();
    if (const std::string* rank = find(words, "rank");
        rank != nullptr &&
        std::any_of(ranks.begin(), ranks.end(), [&](const RankInfo& info) { return info.id == *rank; }))
        view.rank = *rank;
    read_text(words, "scatter across", view.scatter_x);
    read_text(words, "scatter up", view.scatter_y);
    read_flag(words, "scatter across logarithmic", view.scatter_log_x);
    read_flag(words, "scatter up logarithmic", view.scatter_log_y);
    read_flag(words, "scatter by checkpoint", view.by_checkpoint);
    read_flag(words, "components of routing", view.routing);
    read_text(words, "survey", view.survey_models);
    read_text(words, "survey capture", view.survey_path);
}

// An arm is a line: its name and its changes, with tabs between them.
std::string arms_text(const std::vector<ArmDraft>& arms) {
    std::vector<std::string> lines;
    for (const ArmDraft& arm : arms) {
        std::string line = arm.name;
        for (const std::string& change : split_lines(arm.changes)) line += "\t" + change;
        lines.push_back(line);
    }
    return joined(lines);
}

std::vector<ArmDraft> arms_of(const std::string& text) {
    std::vector<ArmDraft> out;
    for (const std::string& line : split_lines(text)) {
        ArmDraft arm;
        std::istringstream parts(line);
        std::getline(parts, arm.name, '\t');
        for (std::string change; std::getline(parts, change, '\t');)
            arm.changes += (arm.changes.empty() ? "" : "\n") + change;
        out.push_back(std::move(arm));
    }
    return out;
}

void training_to_words(const TrainingView& view, Words& words) {
    const RecipeDraft& draft = view.recipe;
    words["training curves"] = view.figure;
    words["training by layer"] = yes(view.by_layer);
    words["training runs"] = joined(view.listed);
    if (draft.values.empty()) return;
    words["recipe"] = draft.source;
    words["recipe name"] = draft.name;
    words["recipe notes"] = draft.notes;
    words["recipe seeds"] = draft.seeds;
    words["recipe folder"] = draft.folder;
    words["recipe arms"] = arms_text(draft.arms);
    for (const auto& [field, value] : draft.values) words["recipe field " + field] = value;
}

void words_to_training(const Words& words, TrainingView& view) {
    read_text(words, "training curves", view.figure);
    read_flag(words, "training by layer", view.by_layer);
    if (const std::string* listed = find(words, "training runs")) view.listed = split_lines(*listed);
    RecipeDraft draft;
    read_text(words, "recipe", draft.source);
    if (draft.source.empty()) return;
    read_text(words, "recipe name", draft.name);
    read_text(words, "recipe notes", draft.notes);
    read_text(words, "recipe seeds", draft.seeds);
    read_text(words, "recipe folder", draft.folder);
    if (const std::string* arms = find(words, "recipe arms")) draft.arms = arms_of(*arms);
    // Fields of an older program are let go, new ones have their defaults.
    const ParamValues defaults = default_recipe().values;
    for (const RecipeField& field : recipe_fields()) {
        const auto kept = words.find("recipe field " + field.name());
        draft.values[field.name()] =
            kept == words.end() ? recipe_field_text(field, defaults.at(field.name())) : kept->second;
    }
    view.recipe = std::move(draft);
}

// A field is a line: what it is and what stands in it, with a tab between them.
std::string draft_text(const ExperimentDraft& draft) {
    std::vector<std::string> lines;
    for (const auto& [what, text] :
         {std::pair{"scale", &draft.scale}, std::pair{"model", &draft.model}, std::pair{"seeds", &draft.seeds},
          std::pair{"text", &draft.text}, std::pair{"folder", &draft.folder}})
        lines.push_back(what + ("\t" + *text));
    for (const auto& [key, text] : draft.values) lines.push_back("value " + key + "\t" + text);
    for (const std::string& change : split_lines(draft.changes)) lines.push_back("change\t" + change);
    return joined(lines);
}

ExperimentDraft experiment_draft_of(const std::string& text) {
    ExperimentDraft out;
    for (const std::string& line : split_lines(text)) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos) continue;
        const std::string what = line.substr(0, tab), value = line.substr(tab + 1);
        for (const auto& [name, field] :
             {std::pair{"scale", &out.scale}, std::pair{"model", &out.model}, std::pair{"seeds", &out.seeds},
              std::pair{"text", &out.text}, std::pair{"folder", &out.folder}})
            if (what == name) *field = value;
        if (what.starts_with("value ")) out.values[what.substr(6)] = value;
        if (what == "change") out.changes += (out.changes.empty() ? "" : "\n") + value;
    }
    return out;
}

void experiments_to_words(const ExperimentsView& view, Words& words) {
    words["experiment"] = view.experiment;
    words["experiment chart"] = view.chart;
    words["experiments"] = joined(view.listed);
    for (const auto& [id, draft] : view.drafts) words["experiment form " + id] = draft_text(draft);
    for (const auto& [id, folder] : view.shown) words["experiment shown " + id] = folder;
}

void words_to_experiments(const Words& words, ExperimentsView& view) {
    read_text(words, "experiment", view.experiment);
    read_text(words, "experiment chart", view.chart);
    if (const std::string* listed = find(words, "experiments")) view.listed = split_lines(*listed);
    // Of experiments that an older program had, nothing is kept.
    for (const ExperimentInfo& info : experiments()) {
        if (const std::string* form = find(words, "experiment form " + info.id))
            view.drafts[info.id] = experiment_draft_of(*form);
        if (const std::string* folder = find(words, "experiment shown " + info.id)) view.shown[info.id] = *folder;
    }
}

}  // namespace

std::map<std::string, std::string> view_to_words(const ViewState& view, const WindowSize& size) {
    Words words{{"layout", layout_info(view.layout).name},
                {"theme", view.theme == ThemeKind::kDark ? "dark" : "light"},
                {"layer", std::to_string(view.selected.layer)},
                {"head", std::to_string(view.selected.head)},
                {"text window", std::to_string(view.window)},
                {"metric", view.metric},
                {"k", std::to_string(view.k)},
                {"colours", view.colours},
                {"logarithmic", yes(view.logarithmic)},
                {"marks", yes(view.show_marks)},
                {"kept by both", yes(view.show_both)},
                {"kept by A alone", yes(view.show_only_a)},
                {"kept by B alone", yes(view.show_only_b)},
                {"missed", yes(view.show_missed)},
                {"agreement of", view.metric_slot == 0 ? "A" : "B"},
                {"tokens changed by", view.loss_slot == 0 ? "A" : "B"},
                {"tokens of all windows", yes(view.loss_all_windows)},
                {"tried by sparsity", yes(view.tried_by_sparsity)},
                {"tint", std::to_string(static_cast<int>(view.tint))},
                {"gate A when on", view.last_gate[0]},
                {"gate B when on", view.last_gate[1]},
                {"training text", view.lab.distill.text},
                {"held-out text", view.lab.distill.held_out},
                {"swept gates", joined(view.lab.sweep.gates)},
                {"sensitivity gate", view.lab.sensitivity.gate},
                {"recent models", joined(view.recent_models)},
                {"recent texts", joined(view.recent_texts)},
                {"recent captures", joined(view.recent_captures)},
                {"width", std::to_string(size.width)},
                {"height", std::to_string(size.height)}};
    spectra_to_words(view.spectra, words);
    training_to_words(view.training, words);
    experiments_to_words(view.experiments, words);
    for (const auto& [swept, list] : view.lab.sweep.budgets) words["swept " + swept_info(swept).name] = list;
    for (const auto& [split, share] : view.shares) words["share " + split] = std::to_string(share);
    return words;
}

void words_to_view(const std::map<std::string, std::string>& words, ViewState& view, WindowSize& size) {
    if (const std::string* name = find(words, "layout"))
        for (const LayoutInfo& info : layouts())
            if (info.name == *name) view.layout = info.id;
    if (const std::string* theme = find(words, "theme"))
        view.theme = *theme == "light" ? ThemeKind::kLight : ThemeKind::kDark;
    read_integer<std::int64_t>(words, "layer", 0, 1'000'000, view.selected.layer);
    read_integer<std::int64_t>(words, "head", 0, 1'000'000, view.selected.head);
    read_integer<std::int64_t>(words, "text window", 0, 1'000'000'000, view.window);
    read_integer<std::int32_t>(words, "k", 1, 1'000'000'000, view.k);
    read_text(words, "metric", view.metric);
    read_text(words, "colours", view.colours);
    read_flag(words, "logarithmic", view.logarithmic);
    read_flag(words, "marks", view.show_marks);
    read_flag(words, "kept by both", view.show_both);
    read_flag(words, "kept by A alone", view.show_only_a);
    read_flag(words, "kept by B alone", view.show_only_b);
    read_flag(words, "missed", view.show_missed);
    read_slot(words, "agreement of", view.metric_slot);
    read_slot(words, "tokens changed by", view.loss_slot);
    read_flag(words, "tokens of all windows", view.loss_all_windows);
    read_flag(words, "tried by sparsity", view.tried_by_sparsity);
    int tint = static_cast<int>(view.tint);
    read_integer<int>(words, "tint", 0, static_cast<int>(TokenTint::kGateB), tint);
    view.tint = static_cast<TokenTint>(tint);
    read_text(words, "training text", view.lab.distill.text);
    read_text(words, "held-out text", view.lab.distill.held_out);
    if (const std::string* gates = find(words, "swept gates")) view.lab.sweep.gates = split_lines(*gates);
    for (auto& [swept, list] : view.lab.sweep.budgets) read_text(words, "swept " + swept_info(swept).name, list);
    read_text(words, "sensitivity gate", view.lab.sensitivity.gate);
    read_text(words, "gate A when on", view.last_gate[0]);
    read_text(words, "gate B when on", view.last_gate[1]);
    words_to_spectra(words, view.spectra);
    words_to_training(words, view.training);
    words_to_experiments(words, view.experiments);
    for (const auto& [key, recent] :
         {std::pair{"recent models", &view.recent_models}, std::pair{"recent texts", &view.recent_texts},
          std::pair{"recent captures", &view.recent_captures}})
        if (const std::string* lines = find(words, key)) {
            *recent = split_lines(*lines);
            // Whoever wrote a relative one meant a folder that nobody knows any more.
            std::erase_if(*recent, [](const std::string& path) { return !path.starts_with('/'); });
        }
    read_integer<int>(words, "width", 640, 16384, size.width);
    read_integer<int>(words, "height", 400, 16384, size.height);
    for (const auto& [key, value] : words)
        if (key.starts_with("share "))
            view.shares[key.substr(6)] = std::clamp(std::strtof(value.c_str(), nullptr), 0.1F, 0.9F);
}

void remember(std::vector<std::string>& recent, const std::string& path) {
    if (path.empty() || path == "sample") return;
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    const std::string whole = error ? path : absolute.lexically_normal().string();
    std::erase(recent, whole);
    recent.insert(recent.begin(), whole);
    if (recent.size() > 10) recent.resize(10);
}

}  // namespace gatescope
