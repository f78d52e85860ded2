#include "app/window/widgets/form.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

void Form::label(const std::string& text, const std::string& help) const {
    const float from = ImGui::GetCursorPosX();
    ImGui::AlignTextToFramePadding();
    show_text(text);
    tooltip(theme_, help);
    ImGui::SameLine(from + label_width_);
}

void Form::field(const std::string& key, std::string& value, const std::string& hint, float width) const {
    ImGui::SetNextItemWidth(width);
    const bool wrong = errors_.contains(key);
    if (wrong) ImGui::PushStyleColor(ImGuiCol_Border, theme_.colours.error);
    ImGui::InputTextWithHint(("##" + key).c_str(), hint.c_str(), &value);
    if (wrong) ImGui::PopStyleColor();
}

void Form::error(const std::string& key) const {
    const auto found = errors_.find(key);
    if (found == errors_.end()) return;
    ImGui::PushFont(nullptr, theme_.small_size());
    // As far to the right as it can be shown whole.
    const float room = ImGui::GetContentRegionAvail().x, width = ImGui::CalcTextSize(found->second.c_str()).x;
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::clamp(room - width, 0.0F, label_width_));
    fitted_text(theme_, found->second, ImGui::GetContentRegionAvail().x, theme_.colours.error);
    ImGui::PopFont();
}

void Form::text(const std::string& key, const std::string& label_text, const std::string& help, std::string& value,
                const std::string& hint, const std::function<void()>& over) {
    label(label_text, help);
    field(key, value, hint, ImGui::GetContentRegionAvail().x);
    tooltip(theme_, help);
    if (over) over();
    error(key);
}

void Form::pair(const std::string& label_text, const std::string& help, const std::string& first_key,
                std::string& first, const std::string& second_key, std::string& second) {
    label(label_text, help);
    const float gap = theme_.px(8), width = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
    field(first_key, first, {}, width);
    ImGui::SameLine(0, gap);
    field(second_key, second, {}, width);
    error(first_key);
    error(second_key);
}

bool Form::path(const std::string& key, const std::string& label_text, const std::string& help, std::string& value,
                const std::string& hint) {
    label(label_text, help);
    const float gap = theme_.px(4), browse = ImGui::GetFrameHeight();
    field(key, value, hint, ImGui::GetContentRegionAvail().x - browse - gap);
    tooltip(theme_, value.empty() ? hint + "\n" + help : value + "\n" + help);
    ImGui::SameLine(0, gap);
    const bool pressed = button(theme_, "…##" + key, "Choose a file", browse);
    error(key);
    return pressed;
}

bool Form::begin_choice(const std::string& key, const std::string& label_text, const std::string& help,
                        const std::string& shown) {
    label(label_text, help);
    return begin_menu(theme_, ("##" + key).c_str(), shown, help, ImGui::GetContentRegionAvail().x);
}

void Form::flag(const std::string& key, const std::string& label_text, const std::string& help, bool& value) {
    label(label_text, help);
    ImGui::Checkbox(("##" + key).c_str(), &value);
    tooltip(theme_, help);
}

float small_text_height(const Theme& theme, const std::string& text) {
    ImGui::PushFont(nullptr, theme.small_size());
    const float out = ImGui::CalcTextSize(text.c_str(), nullptr, false, ImGui::GetContentRegionAvail().x).y;
    ImGui::PopFont();
    return out;
}

void small_text(const Theme& theme, const std::string& text, const ImVec4& colour) {
    ImGui::PushTextWrapPos(0);
    ImGui::PushFont(nullptr, theme.small_size());
    coloured_text(colour, text);
    ImGui::PopFont();
    ImGui::PopTextWrapPos();
}

}  // namespace gatescope
