#include <algorithm>
#include <cmath>

#include "app/window/bars.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

std::string time_text(double seconds) {
    if (seconds < 1) return "under 1 s left";
    if (seconds < 120) return formatted("%.0f s left", seconds);
    return formatted("%.0f min left", seconds / 60);
}

void draw_job(Frame& frame, const JobStatus& status) {
    const Theme& theme = frame.theme;
    const JobProgress progress = status.job->progress();
    std::string title = progress.title;
    if (progress.total > 1 && !progress.unit.empty())
        title += formatted(", %.0f of %.0f %s", std::floor(progress.done), progress.total, progress.unit.c_str());
    secondary_text(theme, title);
    ImGui::SameLine(0, theme.px(12));
    progress_bar(theme, progress.total > 0 ? static_cast<float>(progress.done / progress.total) : 0, theme.px(160),
                 theme.px(5));
    std::string speed;
    if (progress.rate_per_s > 0 && !progress.unit.empty())
        speed = formatted("%.1f %s/s", progress.rate_per_s, progress.unit.c_str());
    if (progress.remaining_s >= 0) speed += (speed.empty() ? "" : ", ") + time_text(progress.remaining_s);
    if (!speed.empty()) {
        ImGui::SameLine(0, theme.px(12));
        secondary_text(theme, speed);
    }
    if (!status.cancellable) return;
    ImGui::SameLine(0, theme.px(12));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(theme.px(8), 0));
    ImGui::PushFont(nullptr, theme.small_size());
    if (button(theme, "Cancel", "Stop this job; what is done stays (Ctrl+.)")) frame.send(CancelJob{status.id});
    ImGui::PopFont();
    ImGui::PopStyleVar();
}

void draw_message(Frame& frame, float room) {
    const Theme& theme = frame.theme;
    const std::vector<Message>& messages = frame.snapshot.messages;
    if (messages.empty()) {
        secondary_text(theme, frame.snapshot.model == nullptr ? "Open a model, or drop one on the window." : "Ready");
        return;
    }
    const Message& last = messages.back();
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, last.time + "  " + last.text, room,
                last.severity == Severity::kError ? theme.colours.error : theme.colours.secondary);
    ImGui::PopFont();
}

}  // namespace

void StatusBar::draw(Frame& frame, const Box& box) {
    const Theme& theme = frame.theme;
    ImGui::SetNextWindowPos(box.from);
    ImGui::SetNextWindowSize(box.size());
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding,
                        ImVec2(theme.px(12), std::round((box.size().y - theme.small_size()) / 2) - 1));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
    ImGui::Begin("Status", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoDocking);
    ImGui::PopStyleVar(2);
    const Snapshot& snapshot = frame.snapshot;
    const MemoryUse& memory = memory_.now(ImGui::GetTime());
    const double gib = 1024.0 * 1024 * 1024;
    std::string right;
    if (!snapshot.device.empty())
        right = snapshot.device + ", " + snapshot.dtype +
                formatted(", %d thread%s    ", snapshot.threads, snapshot.threads == 1 ? "" : "s");
    else if (snapshot.weights_only)
        right = "weights not loaded    ";
    right += formatted("memory %.1f of %.0f GiB", static_cast<double>(memory.process_bytes) / gib,
                       static_cast<double>(memory.machine_bytes) / gib);
    ImGui::PushFont(nullptr, theme.small_size());
    const float right_width = ImGui::CalcTextSize(right.c_str()).x;
    ImGui::PopFont();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool busy = !snapshot.jobs.empty();
    ImGui::GetWindowDrawList()->AddCircleFilled(
        {at.x + theme.px(4), std::round(at.y + theme.small_size() / 2) + 1}, theme.px(4),
        pack(busy ? theme.colours.accent : faded(theme.colours.secondary, 0.6F)));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + theme.px(18));
    const float room = box.size().x - right_width - theme.px(60);
    if (busy) {
        draw_job(frame, snapshot.jobs.front());
        if (snapshot.jobs.size() > 1) {
            ImGui::SameLine(0, theme.px(12));
            secondary_text(theme, formatted("%zu more", snapshot.jobs.size() - 1));
        }
    } else {
        draw_message(frame, room);
    }
    ImGui::SameLine(box.size().x - theme.px(12) - right_width);
    secondary_text(theme, right);
    ImGui::End();
}

}  // namespace gatescope
