#include "app/window/widgets/chart_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "imgui_internal.h"
#include "implot.h"

namespace gatescope {

namespace {

constexpr std::array kMarkers = {ImPlotMarker_Circle, ImPlotMarker_Square, ImPlotMarker_Diamond, ImPlotMarker_Up,
                                 ImPlotMarker_Down};

void set_up_axis(ImAxis which, const ChartAxis& axis) {
    if (axis.logarithmic) ImPlot::SetupAxisScale(which, ImPlotScale_Log10);
    ImPlot::SetupAxisLimits(which, axis.least, axis.most, ImPlotCond_Always);
    std::vector<std::string> words;
    std::vector<const char*> labels;
    for (const double tick : axis.ticks) words.push_back(axis.text ? axis.text(tick) : tick_text(tick));
    for (const std::string& word : words) labels.push_back(word.c_str());
    ImPlot::SetupAxisTicks(which, axis.ticks.data(), static_cast<int>(axis.ticks.size()), labels.data());
}

// Of several lines they stand side by side, or they would hide each other.
float error_bar_shift(const Theme& theme, const Chart& chart, std::size_t index) {
    float before = 0, count = 0;
    for (std::size_t line = 0; line < chart.lines.size(); ++line) {
        if (chart.lines[line].bars || chart.lines[line].low.empty()) continue;
        before += line < index ? 1.0F : 0.0F;
        ++count;
    }
    return chart.lines[index].bars ? 0 : (before - (count - 1) / 2) * theme.px(4);
}

void draw_error_bars(const Theme& theme, const ChartLine& line, float shift) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const float arm = theme.px(3);
    const ImU32 colour = pack(line.bars ? theme.colours.text : faded(line.colour, 0.65F));
    for (std::size_t point = 0; point < line.low.size(); ++point) {
        if (!std::isfinite(line.low[point]) || !std::isfinite(line.high[point])) continue;
        ImVec2 from = ImPlot::PlotToPixels(line.x[point], line.low[point]);
        ImVec2 to = ImPlot::PlotToPixels(line.x[point], line.high[point]);
        from.x += shift, to.x += shift;
        draw->AddLine(from, to, colour);
        for (const ImVec2& end : {from, to}) draw->AddLine({end.x - arm, end.y}, {end.x + arm, end.y}, colour);
    }
}

void draw_bars(const ChartLine& line) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const double base = std::max(0.0, ImPlot::GetPlotLimits().Y.Min);
    ImPlot::PushPlotClipRect();
    for (std::size_t point = 0; point < line.x.size(); ++point) {
        const ImVec2 top = ImPlot::PlotToPixels(line.x[point] - line.bar_width / 2, line.y[point]);
        const ImVec2 bottom = ImPlot::PlotToPixels(line.x[point] + line.bar_width / 2, base);
        draw->AddRectFilled({top.x, std::min(top.y, bottom.y)}, {bottom.x, std::max(top.y, bottom.y)},
                            pack(faded(line.colour, 0.75F)));
    }
    ImPlot::PopPlotClipRect();
}

void draw_line(const Theme& theme, const Chart& chart, std::size_t index) {
    const ChartLine& line = chart.lines[index];
    if (line.x.empty()) return;
    if (line.bars) draw_bars(line);
    ImPlot::PushPlotClipRect();
    if (!line.low.empty()) draw_error_bars(theme, line, error_bar_shift(theme, chart, index));
    ImPlot::PopPlotClipRect();
    if (line.bars) return;
    ImPlotSpec spec;
    spec.LineColor = spec.MarkerLineColor = spec.MarkerFillColor = line.colour;
    spec.LineWeight = line.weight * theme.scale;
    if (line.marked || line.x.size() == 1) {
        spec.Marker = line.marked ? kMarkers[index % kMarkers.size()] : ImPlotMarker_Circle;
        spec.Flags = ImPlotLineFlags_NoClip;  // a mark on the edge is whole
        spec.MarkerSize = std::max(2.0F, (line.x.size() > 12 ? 2.5F : 3.5F) * theme.scale);
    }
    ImPlot::PlotLine(("##" + line.label).c_str(), line.x.data(), line.y.data(), static_cast<int>(line.x.size()), spec);
}

void draw_band(const ChartBand& band) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    ImPlot::PushPlotClipRect();
    const ImU32 colour = pack(band.colour);
    for (std::size_t point = 1; point < band.x.size(); ++point) {
        const auto at = [&](std::size_t place, const std::vector<double>& values) {
            return ImPlot::PlotToPixels(band.x[place], values[place]);
        };
        draw->AddQuadFilled(at(point - 1, band.high), at(point, band.high), at(point, band.low),
                            at(point - 1, band.low), colour);
    }
    // Thinner than a pixel, it is still seen.
    for (const std::vector<double>* edge : {&band.low, &band.high})
        for (std::size_t point = 1; point < band.x.size(); ++point)
            draw->AddLine(ImPlot::PlotToPixels(band.x[point - 1], (*edge)[point - 1]),
                          ImPlot::PlotToPixels(band.x[point], (*edge)[point]), colour);
    ImPlot::PopPlotClipRect();
}

// Labels stand at the foot and right of their line, each above the one before where they would meet.
void draw_marks(const Theme& theme, const Chart& chart) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    const float dash = theme.px(4), line = ImGui::GetTextLineHeight();
    const float foot = from.y + size.y - line - theme.px(4);
    float free_x = -1, label_y = foot;
    ImPlot::PushPlotClipRect();
    for (const ChartMark& mark : chart.marks) {
        const float x = std::round(ImPlot::PlotToPixels(mark.x, chart.y.least).x);
        for (float y = from.y; y < from.y + size.y; y += 2 * dash)
            draw->AddLine({x, y}, {x, std::min(y + dash, from.y + size.y)}, pack(mark.colour), theme.px(1));
    }
    for (const ChartMark& mark : chart.marks) {
        if (mark.label.empty()) continue;
        const float x = std::round(ImPlot::PlotToPixels(mark.x, chart.y.least).x);
        const float width = ImGui::CalcTextSize(mark.label.c_str()).x;
        const bool flipped = x + theme.px(8) + width > from.x + size.x;
        const float at = flipped ? x - theme.px(5) - width : x + theme.px(5);
        label_y = at < free_x ? label_y - line - theme.px(2) : foot;
        draw->AddRectFilled({at - 2, label_y}, {at + width + 2, label_y + line},
                            pack(faded(theme.colours.panel, 0.85F)));
        draw->AddText({at, label_y}, pack(mark.colour), mark.label.c_str());
        free_x = std::max(free_x, at + width + theme.px(4));
    }
    ImPlot::PopPlotClipRect();
}

// Points along the chart's lines, as pixels: of long lines every so many.
std::vector<ImVec2> along_lines(const Chart& chart) {
    constexpr int kSteps = 4;
    constexpr std::size_t kMostPoints = 48;
    std::vector<ImVec2> out;
    for (const ChartLine& line : chart.lines) {
        const std::size_t stride = 1 + line.x.size() / kMostPoints;
        ImVec2 from;
        for (std::size_t point = 0; point < line.x.size(); point += stride) {
            const ImVec2 to = ImPlot::PlotToPixels(line.x[point], line.y[point]);
            if (point == 0) from = to;
            for (int step = 1; step <= kSteps; ++step)
                out.push_back(ImLerp(from, to, static_cast<float>(step) / kSteps));
            from = to;
        }
    }
    return out;
}

// At the right or left end of its line or between, above or below it: where least is covered.
ImRect place_label(const Theme& theme, const Chart& chart, const ImRect& plot, float y, const std::string& label,
                   const std::vector<ImRect>& taken, const std::vector<ImVec2>& lines) {
    const ImVec2 size = ImGui::CalcTextSize(label.c_str());
    ImRect best;
    int least = std::numeric_limits<int>::max();
    for (const float part : {1.0F, 0.0F, 0.75F, 0.25F, 0.5F})
        for (const float top : {y - size.y - theme.px(2), y + theme.px(2)}) {
            const float left = plot.Min.x + theme.px(4) + part * (plot.GetWidth() - size.x - theme.px(8));
            const ImRect here(left, top, left + size.x, top + size.y);
            const auto covered =
                std::count_if(lines.begin(), lines.end(), [&](const ImVec2& point) { return here.Contains(point); });
            int cost = static_cast<int>(covered) + (here.Min.y < plot.Min.y || here.Max.y > plot.Max.y ? 1000 : 0);
            for (const ImRect& other : taken) cost += here.Overlaps(other) ? 500 : 0;
            for (const ChartLevel& level : chart.levels) {
                const float other = ImPlot::PlotToPixels(chart.x.least, level.y).y;
                cost += other > here.Min.y && other < here.Max.y ? 20 : 0;
            }
            if (cost < least) least = cost, best = here;
        }
    return best;
}

void draw_levels(const Theme& theme, const Chart& chart) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    const ImRect plot(from, {from.x + size.x, from.y + size.y});
    const float dash = theme.px(4);
    std::vector<ImRect> taken;
    const std::vector<ImVec2> lines = chart.levels.empty() ? std::vector<ImVec2>() : along_lines(chart);
    ImPlot::PushPlotClipRect();
    for (const ChartLevel& level : chart.levels) {
        const float y = std::round(ImPlot::PlotToPixels(chart.x.least, level.y).y);
        for (float x = plot.Min.x; x < plot.Max.x; x += 2 * dash)
            draw->AddLine({x, y}, {std::min(x + dash, plot.Max.x), y}, pack(level.colour), theme.px(1));
        if (level.label.empty()) continue;
        const ImRect place = place_label(theme, chart, plot, y, level.label, taken, lines);
        taken.push_back(place);
        draw->AddRectFilled({place.Min.x - 2, place.Min.y}, {place.Max.x + 2, place.Max.y},
                            pack(faded(theme.colours.panel, 0.85F)));
        draw->AddText(place.Min, pack(level.colour), level.label.c_str());
    }
    ImPlot::PopPlotClipRect();
}

std::optional<ChartPoint> point_at_pointer(const Theme& theme, const Chart& chart, ChartHover hover) {
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize(), mouse = ImGui::GetIO().MousePos;
    if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y})) return {};
    const bool column = hover == ChartHover::kNearestColumn;
    float best = column ? 1e9F : theme.px(14);
    std::optional<ChartPoint> found;
    for (std::size_t line = 0; line < chart.lines.size(); ++line)
        for (std::size_t point = 0; !chart.lines[line].silent && point < chart.lines[line].x.size(); ++point) {
            const ImVec2 at = ImPlot::PlotToPixels(chart.lines[line].x[point], chart.lines[line].y[point]);
            const float away = column ? std::abs(at.x - mouse.x) + 0.001F * std::abs(at.y - mouse.y)
                                      : std::hypot(at.x - mouse.x, at.y - mouse.y);
            if (away < best) best = away, found = ChartPoint{line, point};
        }
    return found;
}

void ring(const Theme& theme, const Chart& chart, const ChartPoint& hit, ChartHover hover) {
    const ChartLine& line = chart.lines[hit.line];
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    const ImVec2 at = ImPlot::PlotToPixels(line.x[hit.point], line.y[hit.point]);
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    ImPlot::PushPlotClipRect(theme.px(6));
    if (hover == ChartHover::kNearestColumn)
        draw->AddLine({at.x, from.y}, {at.x, from.y + size.y}, pack(faded(theme.colours.secondary, 0.5F)));
    draw->AddCircle(at, theme.px(5), pack(theme.colours.text), 0, theme.px(1.5F));
    ImPlot::PopPlotClipRect();
}

}  // namespace

void set_up_axes(const Theme& theme, const Chart& chart, const ImVec2& size) {
    constexpr ImPlotAxisFlags kStill = ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
    // What is higher than the plot is left out.
    const float upright = size.y > 0 ? size.y : ImGui::GetContentRegionAvail().y;
    const bool fits = ImGui::CalcTextSize(chart.y.label.c_str()).x < upright - theme.px(44);
    const auto label = [](const ChartAxis& axis) { return axis.label.empty() ? nullptr : axis.label.c_str(); };
    ImPlot::SetupAxes(label(chart.x), fits ? label(chart.y) : nullptr, kStill | ImPlotAxisFlags_NoGridLines, kStill);
    set_up_axis(ImAxis_X1, chart.x);
    set_up_axis(ImAxis_Y1, chart.y);
}

std::optional<ChartPoint> draw_chart(const Theme& theme, const char* id, const ImVec2& size, const Chart& chart,
                                     ChartHover hover) {
    std::optional<ChartPoint> hit;
    ImGui::PushFont(nullptr, theme.px(12));
    if (ImPlot::BeginPlot(id, size, ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        set_up_axes(theme, chart, size);
        ImPlot::SetupFinish();
        for (const ChartBand& band : chart.bands) draw_band(band);
        for (std::size_t line = 0; line < chart.lines.size(); ++line) draw_line(theme, chart, line);
        draw_marks(theme, chart);
        draw_levels(theme, chart);
        hit = point_at_pointer(theme, chart, hover);
        if (hit) ring(theme, chart, *hit, hover);
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
    return hit;
}

ImVec4 line_colour(const Theme& theme, std::size_t line) {
    // Okabe and Ito's, lighter or darker so that each stands out from the panel; blue and orange are A's and B's.
    static const std::array<std::array<unsigned, 2>, 5> colours = {
        {{0x2EC4B6, 0x0B7A70}, {0xE087B5, 0xA8457F}, {0xE8DC5A, 0x7A6A00}, {0xF2777A, 0xB3261E}, {0xB39DF0, 0x6A4FC0}}};
    const unsigned rgb = colours[line % colours.size()][theme.kind == ThemeKind::kDark ? 0 : 1];
    return {static_cast<float>((rgb >> 16) & 255U) / 255.0F, static_cast<float>((rgb >> 8) & 255U) / 255.0F,
            static_cast<float>(rgb & 255U) / 255.0F, 1};
}

}  // namespace gatescope
