#include "app/window/panels/experiment_form.h"

#include <algorithm>

#include "app/window/experiment_actions.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

void draw_scale(const Frame& frame, Form& form, const ExperimentInfo& info, ExperimentDraft& draft) {
    const std::vector<const ExperimentScale*> offered = offered_scales(info, draft);
    const auto now = std::find_if(offered.begin(), offered.end(),
                                  [&](const ExperimentScale* scale) { return scale->id == draft.scale; });
    const bool known = now != offered.end();
    if (!form.begin_choice("scale", "Scale", known ? (*now)->help : "How large and how long",
                           known ? (*now)->label : draft.scale))
        return;
    for (const ExperimentScale* scale : offered)
        if (menu_choice(frame.theme, scale->label, scale->id == draft.scale, scale->help)) draft.scale = scale->id;
    ImGui::EndPopup();
}

std::string model_words(const Frame& frame, const ExperimentDraft& draft) {
    if (draft.model.empty()) return "trained here";
    if (draft.model == "sample") return "the sample model";
    const bool open = frame.snapshot.model != nullptr && frame.snapshot.settings.model_path == draft.model;
    return open ? frame.snapshot.model->name : last_part(draft.model);
}

void draw_model(Frame& frame, Form& form, const ExperimentInfo& info, ExperimentDraft& draft) {
    const Theme& theme = frame.theme;
    constexpr const char* kHelp = "What the experiment is about: a model that it trains itself, or one that is there";
    if (!info.takes_model) {
        form.label("Model", "This experiment trains its models from scratch");
        secondary_text(theme, "trained here");
        return;
    }
    if (form.begin_choice("model", "Model", kHelp, model_words(frame, draft))) {
        if (menu_choice(theme, "trained here", draft.model.empty(), "From scratch, by the scale's recipe"))
            choose_model(info, "", draft);
        const std::string open = frame.snapshot.model == nullptr ? "" : frame.snapshot.settings.model_path;
        if (!open.empty() && open != "sample" &&
            menu_choice(theme, "the open model: " + frame.snapshot.model->name, draft.model == open, open))
            choose_model(info, open, draft);
        if (menu_choice(theme, "the sample model", draft.model == "sample")) choose_model(info, "sample", draft);
        ImGui::Separator();
        if (menu_choice(theme, "Choose…", false, "A checkpoint")) choose_experiment_model(frame);
        ImGui::EndPopup();
    }
    form.error("model");
}

void draw_changes(const Frame& frame, const Form& form, ExperimentDraft& draft) {
    const Theme& theme = frame.theme;
    const auto lines = 1 + std::count(draft.changes.begin(), draft.changes.end(), '\n');
    const float height = static_cast<float>(lines) * ImGui::GetTextLineHeight() + 2 * ImGui::GetStyle().FramePadding.y;
    form.label("Changes", "Of the recipe that all models are trained by");
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    ImGui::InputTextMultiline("##changes", &draft.changes, {-1, height}, ImGuiInputTextFlags_WordWrap);
    ImGui::PopFont();
    tooltip(theme, "Fields of the recipe that all models are trained by, one a line: train.batch=8");
    form.error("changes");
}

}  // namespace

void draw_experiment_form(Frame& frame, const ExperimentInfo& info, const Checked<StartExperiment>& checked) {
    const Theme& theme = frame.theme;
    ExperimentsView& view = frame.view.experiments;
    ExperimentDraft& draft = draft_of_page(view);
    Form form(theme, std::min(theme.px(136), ImGui::GetContentRegionAvail().x * 0.42F), checked.errors);
    draw_model(frame, form, info, draft);
    draw_scale(frame, form, info, draft);
    form.text("seeds", "Seeds", "Of first values and of the order of windows: everything is done with each",
              draft.seeds, scale_seeds(draft));
    for (const ParamSpec* spec : offered_params(info))
        form.text(spec->key, spec->label, spec->help, draft.values[spec->key], scale_text(draft, spec->key));
    if (link_button(theme, view.more ? "Less###more" : "More…###more", "The text, and fields of the recipe"))
        view.more = !view.more;
    // What is wrong is never out of sight.
    const bool wrong = checked.errors.contains("text") || checked.errors.contains("changes");
    if (!view.more && !wrong) return;
    if (form.path("text", "Text", "Trained on; a part of its documents is held out and measured on", draft.text,
                  "the recipe's own"))
        choose_experiment_text(frame);
    draw_changes(frame, form, draft);
}

}  // namespace gatescope
