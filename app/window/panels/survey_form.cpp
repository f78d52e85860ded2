#include "app/window/panels/survey_form.h"

#include <algorithm>

#include "app/window/lab_actions.h"
#include "app/window/panels/job_form.h"
#include "app/window/spectra_actions.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

void draw_list(Frame& frame, const std::vector<std::string>& paths) {
    const Theme& theme = frame.theme;
    for (std::size_t at = 0; at < paths.size(); ++at) {
        ImGui::PushID(static_cast<int>(at));
        const bool gone = button(theme, "×", "Takes this checkpoint off the list", ImGui::GetFrameHeight());
        ImGui::SameLine(0, theme.px(8));
        ImGui::AlignTextToFramePadding();
        fitted_text(theme, paths[at] == "sample" ? "the sample" : last_part(paths[at]),
                    ImGui::GetContentRegionAvail().x, theme.colours.text);
        tooltip(theme, paths[at]);
        ImGui::PopID();
        if (gone) drop_survey_path(frame.view.spectra, at);
    }
}

void draw_add(Frame& frame, const std::vector<std::string>& paths) {
    const Theme& theme = frame.theme;
    SpectraView& view = frame.view.spectra;
    const float side = ImGui::GetFrameHeight(), gap = theme.px(4);
    const bool add = button(theme, "+", "Adds the checkpoint to the list (Enter)", side);
    ImGui::SameLine(0, theme.px(8));
    const Settings& settings = frame.snapshot.settings;
    const bool offer =
        frame.snapshot.model != nullptr && std::find(paths.begin(), paths.end(), settings.model_path) == paths.end();
    const char* open = "Open model";
    const float open_width = ImGui::CalcTextSize(open).x + 2 * ImGui::GetStyle().FramePadding.x;
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - side - gap - (offer ? open_width + gap : 0));
    const bool entered = ImGui::InputTextWithHint("##next", "a folder or a file of weights", &view.survey_next,
                                                  ImGuiInputTextFlags_EnterReturnsTrue);
    ImGui::SameLine(0, gap);
    if (button(theme, "…##choose", "Choose a checkpoint", side)) choose_survey_model(frame);
    if (offer) {
        ImGui::SameLine(0, gap);
        if (button(theme, open, "Adds " + frame.snapshot.model->name)) add_survey_path(view, settings.model_path);
    }
    if (!(add || entered) || view.survey_next.empty()) return;
    add_survey_path(view, view.survey_next);
    view.survey_next.clear();
}

void draw_error(const Frame& frame, const Checked<StartSurvey>& checked) {
    const auto wrong = checked.errors.find("models");
    if (wrong == checked.errors.end()) return;
    ImGui::PushFont(nullptr, frame.theme.small_size());
    fitted_text(frame.theme, wrong->second, ImGui::GetContentRegionAvail().x, frame.theme.colours.error);
    ImGui::PopFont();
}

void draw_buttons(Frame& frame, const Checked<StartSurvey>& checked) {
    const Theme& theme = frame.theme;
    if (const JobStatus* job = job_of(frame.snapshot, "survey")) {
        const JobProgress progress = job->job->progress();
        draw_job_progress(
            frame, *job, "Keeps the checkpoints that are done",
            progress.title + formatted("  %.0f of %.0f %s", progress.done, progress.total, progress.unit.c_str()));
        return;
    }
    ImGui::BeginDisabled(!checked.why_not.empty());
    const std::string label = checked.command.path.empty() ? "Measure" : "Measure and save";
    if (button(theme, label + "###start",
               checked.why_not.empty() ? "Weight kernels, raw and folded; checkpoints that the table has are kept"
                                       : checked.why_not))
        start_survey(frame);
    ImGui::EndDisabled();
    ImGui::SameLine(0, theme.px(10));
    if (checked.why_not.empty()) {
        const std::string line = survey_line(checked.command);
        if (link_button(theme, "Copy as command", line)) copy_line(frame, line);
        return;
    }
    ImGui::AlignTextToFramePadding();
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, "Can't start: " + checked.why_not, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
    ImGui::PopFont();
}

}  // namespace

float survey_form_height(const Frame& frame, const Checked<StartSurvey>& checked) {
    const auto rows = static_cast<float>(checked.command.models.size() + 3 + (checked.exists ? 1 : 0));
    const auto lines = static_cast<float>(checked.errors.size());
    return rows * (ImGui::GetFrameHeight() + frame.px(4)) + lines * (frame.theme.small_size() + frame.px(8));
}

void draw_survey_form(Frame& frame, const Checked<StartSurvey>& checked) {
    const Theme& theme = frame.theme;
    SpectraView& view = frame.view.spectra;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(4)));
    ImGui::BeginChild("##form", {0, -ImGui::GetFrameHeightWithSpacing()}, ImGuiChildFlags_None,
                      ImGuiWindowFlags_NoBackground);
    ImGui::BeginDisabled(job_of(frame.snapshot, "survey") != nullptr);
    draw_list(frame, checked.command.models);
    draw_add(frame, checked.command.models);
    draw_error(frame, checked);
    Form form(theme, theme.px(72), checked.errors);
    form.text("path", "Capture", "Where the survey is kept as a file; none without a name", view.survey_path,
              "none: not kept as a file");
    if (checked.exists)
        form.flag("overwrite", "Overwrite", "The capture of that name is there already", view.survey_overwrite);
    ImGui::EndDisabled();
    ImGui::EndChild();
    ImGui::PopStyleVar();
    draw_buttons(frame, checked);
}

}  // namespace gatescope
