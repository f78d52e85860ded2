#include "app/window/widgets/text.h"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace gatescope {

void show_text(const std::string& text) {
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
}

void coloured_text(const ImVec4& colour, const std::string& text) {
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    show_text(text);
    ImGui::PopStyleColor();
}

void secondary_text(const Theme& theme, const std::string& text) {
    ImGui::PushFont(nullptr, theme.small_size());
    coloured_text(theme.colours.secondary, text);
    ImGui::PopFont();
}

void strong_text(const Theme& theme, const std::string& text) {
    ImGui::PushFont(theme.fonts.strong, theme.text_size());
    show_text(text);
    ImGui::PopFont();
}

void mono_text(const Theme& theme, const std::string& text, const ImVec4& colour, float size) {
    ImGui::PushFont(theme.fonts.mono, size > 0 ? size : theme.small_size());
    coloured_text(colour, text);
    ImGui::PopFont();
}

float mono_width(const Theme& theme, const std::string& text, float size) {
    ImGui::PushFont(theme.fonts.mono, size > 0 ? size : theme.small_size());
    const float width = ImGui::CalcTextSize(text.data(), text.data() + text.size()).x;
    ImGui::PopFont();
    return width;
}

std::string fitted(const std::string& text, float width) {
    const auto measure = [](const std::string& part) {
        return ImGui::CalcTextSize(part.data(), part.data() + part.size()).x;
    };
    if (measure(text) <= width) return text;
    std::string out = text;
    while (!out.empty() && measure(out + "…") > width) {
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) out.pop_back();
        if (!out.empty()) out.pop_back();
    }
    return out + "…";
}

std::string shortened(const std::string& text, std::size_t longest) {
    if (text.size() <= longest) return text;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
}

void fitted_text(const Theme& theme, const std::string& text, float width, const ImVec4& colour) {
    const std::string cut = fitted(text, width);
    coloured_text(colour, cut);
    if (cut != text) tooltip(theme, text);
}

void value_row(const Theme& theme, const std::string& label, const std::string& value, float label_width,
               float value_width) {
    const float from = ImGui::GetCursorPosX();
    secondary_text(theme, label);
    ImGui::SameLine();
    // Not SameLine(x): that counts from the start of a group.
    ImGui::SetCursorPosX(from + label_width + value_width - mono_width(theme, value));
    mono_text(theme, value, theme.colours.text);
}

void tooltip(const Theme& theme, const std::string& text) {
    if (text.empty() || !ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled))
        return;
    if (!ImGui::BeginTooltip()) return;
    ImGui::PushTextWrapPos(theme.px(360));
    ImGui::PushFont(nullptr, theme.small_size());
    show_text(text);
    ImGui::PopFont();
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
}

std::string formatted(const char* format, ...) {
    std::array<char, 512> buffer{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
    va_end(arguments);
    return buffer.data();
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t place = digits.size(); place > 3 + (digits.front() == '-' ? 1U : 0U);) {
        place -= 3;
        digits.insert(place, ",");
    }
    return digits;
}

}  // namespace gatescope
