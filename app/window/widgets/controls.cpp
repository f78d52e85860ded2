#include "app/window/widgets/controls.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/text.h"
#include "imgui_internal.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

bool button(const Theme& theme, const std::string& label, const std::string& help, float width) {
    const bool pressed = ImGui::Button(label.c_str(), ImVec2(width, 0));
    tooltip(theme, help);
    return pressed;
}

bool link_button(const Theme& theme, const std::string& label, const std::string& help) {
    ImGui::PushStyleColor(ImGuiCol_Button, ImVec4(0, 0, 0, 0));
    ImGui::PushStyleColor(ImGuiCol_Border, ImVec4(0, 0, 0, 0));
    ImGui::PushStyleColor(ImGuiCol_Text, theme.colours.secondary);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, theme.px(2)));
    const bool pressed = ImGui::Button(label.c_str());
    ImGui::PopStyleVar();
    ImGui::PopStyleColor(3);
    tooltip(theme, help);
    return pressed;
}

float menu_width(const Theme& theme, const std::string& shown) {
    return ImGui::CalcTextSize(shown.c_str()).x + 2 * ImGui::GetStyle().FramePadding.x + theme.px(16);
}

bool begin_menu(const Theme& theme, const char* id, const std::string& shown, const std::string& help, float width) {
    const float whole = width > 0 ? width : menu_width(theme, shown);
    const ImVec2 padding = ImGui::GetStyle().FramePadding;
    const std::string cut = fitted(shown, whole - 2 * padding.x - theme.px(16));
    ImGui::PushStyleVar(ImGuiStyleVar_ButtonTextAlign, ImVec2(0, 0.5F));
    const bool pressed = ImGui::Button((cut + "###" + (id + 2)).c_str(), ImVec2(whole, 0));
    ImGui::PopStyleVar();
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    tooltip(theme, cut == shown ? help : shown + "\n" + help);
    const ImVec2 tip(to.x - padding.x - theme.px(4), (from.y + to.y) / 2 + theme.px(2));
    const float arm = theme.px(3);
    ImGui::GetWindowDrawList()->AddTriangleFilled({tip.x - arm, tip.y - arm}, {tip.x + arm, tip.y - arm},
                                                  {tip.x, tip.y + 1}, pack(theme.colours.secondary));
    const std::string popup = std::string(id) + "-menu";
    if (pressed) ImGui::OpenPopup(popup.c_str());
    ImGui::SetNextWindowPos({from.x, to.y + theme.px(2)}, ImGuiCond_Appearing);
    const ImGuiViewport* viewport = ImGui::GetMainViewport();
    const float below = viewport->WorkPos.y + viewport->WorkSize.y - to.y - theme.px(8);
    ImGui::SetNextWindowSizeConstraints({whole, 0}, {theme.px(640), std::clamp(below, theme.px(120), theme.px(620))});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(theme.px(8), theme.px(8)));
    const bool open = ImGui::BeginPopup(popup.c_str());
    ImGui::PopStyleVar();
    return open;
}

bool menu_choice(const Theme& theme, const std::string& label, bool chosen, const std::string& help,
                 const std::string& shortcut) {
    const bool taken = ImGui::MenuItem(label.c_str(), shortcut.empty() ? nullptr : shortcut.c_str(), chosen);
    tooltip(theme, help);
    return taken;
}

namespace {

float legend_mark(const Theme& theme) {
    return theme.px(10);
}

void draw_legend(const Theme& theme, const ImVec4& colour, const std::string& label, bool outline, bool on) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float mark = legend_mark(theme), height = ImGui::GetFrameHeight();
    const ImVec2 from(at.x, std::round(at.y + (height - mark) / 2)), to(from.x + mark, from.y + mark);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImU32 packed = pack(faded(colour, on ? 1.0F : 0.55F));
    if (outline || !on)
        draw->AddRect({from.x + 0.5F, from.y + 0.5F}, {to.x - 0.5F, to.y - 0.5F}, packed, theme.px(2), 1.5F);
    else
        draw->AddRectFilled(from, to, packed, theme.px(2));
    ImGui::PushFont(nullptr, theme.small_size());
    const float text_height = ImGui::GetTextLineHeight();
    draw->AddText({to.x + theme.px(6), std::round(at.y + (height - text_height) / 2)},
                  pack(on ? theme.colours.text : theme.colours.secondary), label.data(), label.data() + label.size());
    ImGui::PopFont();
}

}  // namespace

float legend_width(const Theme& theme, const std::string& label) {
    ImGui::PushFont(nullptr, theme.small_size());
    const float width = ImGui::CalcTextSize(label.data(), label.data() + label.size()).x;
    ImGui::PopFont();
    return legend_mark(theme) + theme.px(6) + width;
}

void legend(const Theme& theme, const ImVec4& colour, const std::string& label, bool outline) {
    draw_legend(theme, colour, label, outline, true);
    ImGui::Dummy({legend_width(theme, label), ImGui::GetFrameHeight()});
}

bool legend_switch(const Theme& theme, const ImVec4& colour, const std::string& label, bool on, const std::string& help,
                   bool outline) {
    draw_legend(theme, colour, label, outline && !on, on);
    const bool pressed = ImGui::InvisibleButton(
        ("##" + label).c_str(), {legend_width(theme, label), ImGui::GetFrameHeight()}, ImGuiButtonFlags_EnableNav);
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    tooltip(theme, help);
    return pressed;
}

float slot_switch_width(const Theme& theme) {
    return 2 * theme.px(26);
}

void slot_switch(const Theme& theme, const char* id, float& right, int& slot, const std::string& help_a,
                 const std::string& help_b) {
    const float side = slot_switch_width(theme) / 2;
    place_right(right, 2 * side, theme.px(8));
    ImGui::PushID(id);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, ImGui::GetStyle().FramePadding.y));
    for (const int choice : {0, 1}) {
        const bool chosen = slot == choice;
        if (choice == 1) ImGui::SameLine(0, 0);
        ImGui::PushStyleColor(ImGuiCol_Text, chosen ? theme.colours.panel : theme.colours.secondary);
        for (const ImGuiCol colour : {ImGuiCol_Button, ImGuiCol_ButtonHovered, ImGuiCol_ButtonActive})
            ImGui::PushStyleColor(colour, chosen                      ? slot_colour(theme, choice)
                                          : colour == ImGuiCol_Button ? theme.colours.raised
                                                                      : theme.colours.hover);
        if (ImGui::Button(choice == 0 ? "A" : "B", {side, 0})) slot = choice;
        ImGui::PopStyleColor(4);
        tooltip(theme, choice == 0 ? help_a : help_b);
    }
    ImGui::PopStyleVar();
    ImGui::PopID();
}

namespace {

double to_part(const SliderRange& range, double value) {
    const double shift = range.logarithmic ? 1 - std::min(range.least, 1.0) : 0;  // a log scale that may start at 0
    const auto warp = [&](double x) { return range.logarithmic ? std::log(x + shift) : x; };
    const double span = warp(range.most) - warp(range.least);
    return span <= 0 ? 0 : std::clamp((warp(value) - warp(range.least)) / span, 0.0, 1.0);
}

double from_part(const SliderRange& range, double part) {
    const double shift = range.logarithmic ? 1 - std::min(range.least, 1.0) : 0;
    const auto warp = [&](double x) { return range.logarithmic ? std::log(x + shift) : x; };
    const double place = warp(range.least) + part * (warp(range.most) - warp(range.least));
    double value = range.logarithmic ? std::exp(place) - shift : place;
    if (range.integer) value = std::round(value);
    return std::clamp(value, range.least, range.most);
}

// The bare track with its knob. True when let go after a change.
bool track(const Theme& theme, const SliderRange& range, const ImVec4& colour, float width, double& value) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ImGui::GetFrameHeight(), knob = theme.px(6);
    ImGui::InvisibleButton("##track", {width, height}, ImGuiButtonFlags_EnableNav);
    const bool held = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    bool moved = false;
    if (held && ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
        const double part = static_cast<double>((ImGui::GetIO().MousePos.x - at.x - knob / 2) / (width - knob));
        const double next = from_part(range, std::clamp(part, 0.0, 1.0));
        moved = next != value;
        value = next;
    }
    ImGuiStorage* storage = ImGui::GetStateStorage();
    const ImGuiID changed = ImGui::GetID("##changed");
    if (moved) storage->SetBool(changed, true);
    const float middle = std::round(at.y + height / 2);
    const float x = at.x + knob / 2 + static_cast<float>(to_part(range, value)) * (width - knob);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled({at.x, middle - 2}, {at.x + width, middle + 2}, pack(theme.colours.line), 2);
    draw->AddRectFilled({at.x, middle - 2}, {x, middle + 2}, pack(colour), 2);
    draw->AddRectFilled({x - knob / 2, middle - theme.px(7)}, {x + knob / 2, middle + theme.px(7)},
                        pack(held || hovered ? colour : theme.colours.text), theme.px(2));
    const bool let_go = ImGui::IsItemDeactivated() && storage->GetBool(changed);
    if (let_go) storage->SetBool(changed, false);
    return let_go;
}

// Typed numbers count once Enter is pressed or the field is left.
bool number(const Theme& theme, const SliderRange& range, float width, double& value) {
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    std::string text = range.integer ? formatted("%lld", static_cast<long long>(value)) : formatted("%g", value);
    // Right-aligned while it is not edited: padding grows on the left.
    const ImGuiID id = ImGui::GetID("##number");
    const float padding = ImGui::GetStyle().FramePadding.x;
    const bool editing = ImGui::GetActiveID() == id;
    const float free = width - 2 * padding - ImGui::CalcTextSize(text.c_str()).x;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(editing ? padding : padding + std::max(0.0F, free - 2),
                                                           (ImGui::GetStyle().FramePadding.y + 1)));
    ImGui::SetNextItemWidth(width);
    const double before = value;
    ImGui::InputText("##number", &text, ImGuiInputTextFlags_CharsScientific | ImGuiInputTextFlags_AutoSelectAll);
    ImGui::PopStyleVar();
    ImGui::PopFont();
    if (!ImGui::IsItemDeactivatedAfterEdit()) return false;
    char* end = nullptr;
    const double typed = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || !std::isfinite(typed)) return false;
    value = std::clamp(range.integer ? std::round(typed) : typed, range.least, range.most);
    return value != before;
}

}  // namespace

bool slider_row(const Theme& theme, const std::string& label, const std::string& help, const SliderRange& range,
                const ImVec4& colour, float label_width, double& value) {
    ImGui::PushID(label.c_str());
    const float from = ImGui::GetCursorPosX(), number_width = theme.px(56);
    const float right = from + ImGui::GetContentRegionAvail().x;
    ImGui::AlignTextToFramePadding();
    show_text(label);
    tooltip(theme, help);
    ImGui::SameLine(from + label_width);
    bool acted = track(theme, range, colour,
                       std::max(theme.px(40), right - number_width - theme.px(8) - from - label_width), value);
    ImGui::SameLine(right - number_width);
    acted |= number(theme, range, number_width, value);
    ImGui::PopID();
    return acted;
}

bool text_field(const char* id, std::string& text, const char* hint, float width) {
    ImGui::SetNextItemWidth(width);
    const bool entered = ImGui::InputTextWithHint(id, hint, &text, ImGuiInputTextFlags_EnterReturnsTrue);
    return entered || ImGui::IsItemDeactivatedAfterEdit();
}

void place_right(float& right, float width, float gap) {
    right -= width;
    ImGui::SameLine(right);
    right -= gap;
}

void progress_bar(const Theme& theme, float part, float width, float height) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float row = ImGui::GetTextLineHeight(), y = std::round(at.y + (row - height) / 2);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled({at.x, y}, {at.x + width, y + height}, pack(theme.colours.line), height / 2);
    if (part > 0)
        draw->AddRectFilled({at.x, y}, {at.x + std::max(height, width * std::min(part, 1.0F)), y + height},
                            pack(theme.colours.accent), height / 2);
    ImGui::Dummy({width, row});
}

}  // namespace gatescope
