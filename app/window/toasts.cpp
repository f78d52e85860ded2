#include "app/window/toasts.h"

#include <algorithm>
#include <limits>

#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "imgui_internal.h"

namespace gatescope {

namespace {

constexpr double kSeconds = 5;

const ImVec4& severity_colour(const Theme& theme, Severity severity) {
    switch (severity) {
        case Severity::kError:
            return theme.colours.error;
        case Severity::kWarning:
            return theme.colours.warning;
        case Severity::kSuccess:
            return theme.colours.good;
        case Severity::kInfo:
            return theme.colours.secondary;
    }
    return theme.colours.secondary;
}

}  // namespace

void Toasts::notice(const std::string& text, double now) {
    toasts_.push_back({0, Severity::kInfo, text, now + kSeconds});
}

void Toasts::follow(const Frame& frame, double now) {
    for (const Message& message : frame.snapshot.messages) {
        if (message.id <= newest_) continue;
        newest_ = message.id;
        // Plain news stands in the status bar.
        if (message.severity == Severity::kInfo) continue;
        const bool stays = message.severity == Severity::kError || message.severity == Severity::kWarning;
        toasts_.push_back({message.id, message.severity, message.text,
                           stays ? std::numeric_limits<double>::infinity() : now + kSeconds});
    }
    std::erase_if(toasts_, [&](const Toast& toast) { return toast.until < now; });
    if (toasts_.size() > 4) toasts_.erase(toasts_.begin(), toasts_.end() - 4);
}

double Toasts::next_change(double now) const {
    double next = -1;
    for (const Toast& toast : toasts_)
        if (toast.until < std::numeric_limits<double>::infinity())
            next = next < 0 ? toast.until - now : std::min(next, toast.until - now);
    return next < 0 ? -1 : std::max(next, 0.0) + 0.02;
}

void Toasts::draw(Frame& frame, double now, float bottom) {
    follow(frame, now);
    const Theme& theme = frame.theme;
    const ImGuiViewport* viewport = ImGui::GetMainViewport();
    float y = bottom - theme.px(8);
    std::size_t dismissed = toasts_.size();
    for (std::size_t i = toasts_.size(); i-- > 0;) {
        const Toast& toast = toasts_[i];
        const float wrap = std::min(theme.px(480), viewport->WorkSize.x / 2);
        ImGui::SetNextWindowPos({viewport->WorkPos.x + viewport->WorkSize.x - theme.px(12), y}, ImGuiCond_Always,
                                {1, 1});
        ImGui::PushStyleColor(ImGuiCol_WindowBg, theme.colours.raised);
        ImGui::Begin(formatted("Notice %zu", i).c_str(), nullptr,
                     ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoMove |
                         ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing |
                         ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoDocking);
        ImGui::PopStyleColor();
        ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
        ImGui::PushTextWrapPos(wrap);
        show_text(toast.text);
        ImGui::PopTextWrapPos();
        if (toast.until > now + 1e6) {
            ImGui::SameLine(0, theme.px(12));
            if (link_button(theme, "Dismiss", {})) dismissed = i;
        }
        const ImVec2 from = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
        ImGui::GetWindowDrawList()->AddRectFilled(from, {from.x + theme.px(3), from.y + size.y},
                                                  pack(severity_colour(theme, toast.severity)), theme.px(4),
                                                  ImDrawFlags_RoundCornersLeft);
        ImGui::End();
        y -= size.y + theme.px(8);
    }
    if (dismissed == toasts_.size()) return;
    if (toasts_[dismissed].message != 0) frame.send(DismissMessage{toasts_[dismissed].message});
    toasts_.erase(toasts_.begin() + static_cast<std::ptrdiff_t>(dismissed));
}

}  // namespace gatescope
