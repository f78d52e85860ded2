#include "app/window/theme.h"

#include <algorithm>

#include "implot.h"

namespace gatescope {

namespace {

ImVec4 hex(unsigned rgb, float alpha = 1) {
    return {static_cast<float>((rgb >> 16) & 255U) / 255.0F, static_cast<float>((rgb >> 8) & 255U) / 255.0F,
            static_cast<float>(rgb & 255U) / 255.0F, alpha};
}

void apply_imgui_colours(const Palette& colours) {
    ImVec4* slots = ImGui::GetStyle().Colors;
    const ImVec4 clear(0, 0, 0, 0);
    slots[ImGuiCol_Text] = slots[ImGuiCol_InputTextCursor] = slots[ImGuiCol_CheckMark] = colours.text;
    slots[ImGuiCol_CheckboxSelectedBg] = faded(colours.accent, 0.35F);
    slots[ImGuiCol_TextDisabled] = colours.secondary;
    slots[ImGuiCol_WindowBg] = slots[ImGuiCol_PopupBg] = colours.panel;
    slots[ImGuiCol_ChildBg] = slots[ImGuiCol_BorderShadow] = slots[ImGuiCol_ScrollbarBg] = clear;
    slots[ImGuiCol_Border] = slots[ImGuiCol_Separator] = colours.line;
    slots[ImGuiCol_FrameBg] = slots[ImGuiCol_Button] = colours.raised;
    slots[ImGuiCol_FrameBgHovered] = slots[ImGuiCol_ButtonHovered] = slots[ImGuiCol_HeaderHovered] = colours.hover;
    slots[ImGuiCol_FrameBgActive] = slots[ImGuiCol_ButtonActive] = slots[ImGuiCol_HeaderActive] = colours.hover;
    slots[ImGuiCol_Header] = faded(colours.accent, 0.22F);
    slots[ImGuiCol_TitleBg] = slots[ImGuiCol_TitleBgActive] = colours.panel;
    slots[ImGuiCol_ScrollbarGrab] = colours.line;
    slots[ImGuiCol_ScrollbarGrabHovered] = slots[ImGuiCol_ScrollbarGrabActive] = colours.secondary;
    slots[ImGuiCol_SliderGrab] = slots[ImGuiCol_SliderGrabActive] = colours.text;
    slots[ImGuiCol_TextSelectedBg] = faded(colours.accent, 0.35F);
    slots[ImGuiCol_NavCursor] = colours.accent;
    slots[ImGuiCol_ModalWindowDimBg] = faded(colours.ground, 0.45F);
    slots[ImGuiCol_TextLink] = colours.accent;
}

void apply_plot_style(const Theme& theme) {
    ImPlotStyle& style = ImPlot::GetStyle();
    const Palette& colours = theme.colours;
    style.PlotPadding = ImVec2(theme.px(4), theme.px(8));
    style.LabelPadding = ImVec2(theme.px(6), theme.px(4));
    style.MajorTickLen = style.MinorTickLen = ImVec2(0, 0);
    style.PlotBorderSize = 0;
    style.PlotMinSize = ImVec2(theme.px(40), theme.px(40));
    style.Colors[ImPlotCol_FrameBg] = style.Colors[ImPlotCol_PlotBg] = ImVec4(0, 0, 0, 0);
    style.Colors[ImPlotCol_AxisGrid] = colours.line;
    style.Colors[ImPlotCol_AxisText] = style.Colors[ImPlotCol_InlayText] = colours.secondary;
    style.Colors[ImPlotCol_AxisBgHovered] = style.Colors[ImPlotCol_AxisBgActive] = ImVec4(0, 0, 0, 0);
    style.Colors[ImPlotCol_Crosshairs] = faded(colours.text, 0.6F);
    style.Colors[ImPlotCol_Selection] = colours.accent;
    ImPlotInputMap& input = ImPlot::GetInputMap();
    input.Menu = ImGuiMouseButton_Middle;
    input.ZoomRate = 0.2F;
}

float luminance(const ImVec4& colour) {
    const auto linear = [](float value) {
        return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
    };
    return 0.2126F * linear(colour.x) + 0.7152F * linear(colour.y) + 0.0722F * linear(colour.z);
}

}  // namespace

Palette palette(ThemeKind kind) {
    Palette out;
    if (kind == ThemeKind::kDark) {
        out.ground = hex(0x111318), out.panel = hex(0x181B21), out.raised = hex(0x1F232B), out.hover = hex(0x2A303B);
        out.line = hex(0x262A33), out.text = hex(0xE6E9EF), out.secondary = hex(0x9AA3B2), out.accent = hex(0x2EC4B6);
        out.gate_a = hex(0x4C9BE8), out.gate_b = hex(0xF0A04B), out.dense = hex(0x9AA3B2);
        out.both = hex(0x9BE8B0), out.missed = hex(0xD81596);
        out.good = hex(0x2EC4B6), out.warning = hex(0xF2C14E), out.error = hex(0xF2777A), out.selected = hex(0xFFFFFF);
    } else {
        out.ground = hex(0xEEF0F4), out.panel = hex(0xFBFCFD), out.raised = hex(0xF1F3F7), out.hover = hex(0xE2E7EF);
        out.line = hex(0xD5DAE3), out.text = hex(0x1B1F27), out.secondary = hex(0x566074), out.accent = hex(0x0B7A70);
        out.gate_a = hex(0x1F66B0), out.gate_b = hex(0x9C5A0B), out.dense = hex(0x5B6472);
        out.both = hex(0x3FA36B), out.missed = hex(0x9A1070);
        out.good = hex(0x0B7A70), out.warning = hex(0x8A6200), out.error = hex(0xB3261E), out.selected = hex(0x000000);
    }
    return out;
}

void apply_theme(const Theme& theme) {
    ImGuiStyle style;
    style.FontSizeBase = theme.text_size();
    style.WindowPadding = ImVec2(theme.px(12), theme.px(8));
    style.FramePadding = ImVec2(theme.px(8), theme.px(4));
    style.ItemSpacing = ImVec2(theme.px(8), theme.px(6));
    style.ItemInnerSpacing = ImVec2(theme.px(6), theme.px(4));
    style.CellPadding = ImVec2(theme.px(4), theme.px(2));
    style.ScrollbarSize = theme.px(10);
    style.GrabMinSize = theme.px(8);
    style.WindowBorderSize = style.ChildBorderSize = style.PopupBorderSize = style.FrameBorderSize = 1;
    style.WindowRounding = style.ChildRounding = style.FrameRounding = style.PopupRounding = theme.px(4);
    style.ScrollbarRounding = style.GrabRounding = theme.px(4);
    style.WindowMinSize = ImVec2(8, 8);
    style.DisabledAlpha = 0.5F;
    style.HoverStationaryDelay = 0.15F;
    style.HoverDelayNormal = 0.35F;
    ImGui::GetStyle() = style;
    apply_imgui_colours(theme.colours);
    apply_plot_style(theme);
}

const ImVec4& slot_colour(const Theme& theme, int slot) {
    if (slot == 0) return theme.colours.gate_a;
    return slot == 1 ? theme.colours.gate_b : theme.colours.dense;
}

float contrast(const ImVec4& first, const ImVec4& second) {
    const float a = luminance(first), b = luminance(second);
    return (std::max(a, b) + 0.05F) / (std::min(a, b) + 0.05F);
}

}  // namespace gatescope
