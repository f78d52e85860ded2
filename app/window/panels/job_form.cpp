#include "app/window/panels/job_form.h"

#include "app/window/lab_actions.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

bool draw_start(Frame& frame, const JobForm& form) {
    const Theme& theme = frame.theme;
    ImGui::BeginDisabled(!form.why_not.empty());
    const bool started =
        button(theme, form.start + "###start", form.why_not.empty() ? form.start_help : form.why_not, form.start_width);
    ImGui::EndDisabled();
    if (form.command.empty()) return started;
    ImGui::SameLine(0, theme.px(10));
    if (link_button(theme, "Copy as command", form.command)) copy_line(frame, form.command);
    return started;
}

}  // namespace

void draw_job_progress(Frame& frame, const JobStatus& job, const std::string& stop_help, const std::string& words) {
    const Theme& theme = frame.theme;
    if (button(theme, "Stop", stop_help, theme.px(72))) stop_job(frame, job.kind);
    const JobProgress progress = job.job->progress();
    std::string line =
        words.empty() ? formatted("%.0f of %.0f %s", progress.done, progress.total, progress.unit.c_str()) : words;
    if (progress.remaining_s >= 0) line += ", " + duration_text(progress.remaining_s) + " left";
    ImGui::SameLine(0, theme.px(10));
    ImGui::AlignTextToFramePadding();
    fitted_text(theme, line, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
}

bool draw_job_form(Frame& frame, const JobForm& form, const std::function<void()>& fields) {
    const Theme& theme = frame.theme;
    const JobStatus* job = job_of(frame.snapshot, form.kind);
    const bool stuck = job == nullptr && !form.why_not.empty();
    const std::string reason = stuck ? "Can't start: " + shortened(form.why_not, 72) : "";
    const float foot = ImGui::GetFrameHeightWithSpacing() +
                       (stuck ? small_text_height(theme, reason) + ImGui::GetStyle().ItemSpacing.y : 0);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(4)));
    ImGui::BeginChild("##form", {0, -foot}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    ImGui::BeginDisabled(job != nullptr);
    fields();
    ImGui::EndDisabled();
    ImGui::EndChild();
    ImGui::PopStyleVar();
    if (stuck) small_text(theme, reason, theme.colours.warning);
    if (job == nullptr) return draw_start(frame, form);
    draw_job_progress(frame, *job, form.stop_help, form.progress);
    return false;
}

}  // namespace gatescope
