#include "app/window/panels/distillation_curves.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

std::string value_text(double value, const TrainFigure& figure) {
    if (!std::isfinite(value)) return "–";
    if (figure.share) return formatted("%.1f %%", value * 100);
    if (value >= 10'000) return grouped(static_cast<std::int64_t>(std::llround(value)));
    return formatted(value >= 1000 ? "%.0f" : value >= 10 ? "%.2f" : "%.4f", value);
}

const std::vector<double>* series_of(const TrainCurve* curve, const std::string& id) {
    if (curve == nullptr) return nullptr;
    const auto found = curve->series.find(id);
    return found == curve->series.end() ? nullptr : &found->second;
}

void add_curve(Chart& chart, const TrainCurve* curve, const std::string& id, const std::string& label,
               const ImVec4& colour) {
    const std::vector<double>* values = series_of(curve, id);
    if (values == nullptr) return;
    ChartLine line;
    line.label = label;
    line.colour = colour;
    for (std::size_t at = 0; at < std::min(curve->step.size(), values->size()); ++at)
        line.add(static_cast<double>(curve->step[at]), (*values)[at]);
    if (!line.x.empty()) chart.lines.push_back(std::move(line));
}

void add_level(Chart& chart, const std::string& label, double value, const ImVec4& colour) {
    if (std::isfinite(value)) chart.levels.push_back({label + formatted(" %.2f", value), value, colour});
}

// Largest over smallest of all that is drawn.
double spread(const Chart& chart) {
    double least = 1e300, most = 0;
    for (const ChartLine& line : chart.lines)
        for (const double value : line.y) least = std::min(least, value), most = std::max(most, value);
    for (const ChartLevel& level : chart.levels) least = std::min(least, level.y), most = std::max(most, level.y);
    return least > 0 ? most / least : 1;
}

void draw_heading(const Frame& frame, const DistillRun& run, const TrainFigure& figure, float width) {
    const Theme& theme = frame.theme;
    const float from = ImGui::GetCursorPosX();
    show_text(figure.title);
    const std::string learned = last_value(run.learned.get(), figure), random = last_value(run.random.get(), figure);
    float right = from + width;
    const float left = ImGui::GetItemRectSize().x + from + theme.px(8);
    if (random != "–" && right - left > mono_width(theme, random) + mono_width(theme, learned) + theme.px(12)) {
        place_right(right, mono_width(theme, random), theme.px(12));
        mono_text(theme, random, theme.colours.secondary);
    }
    place_right(right, mono_width(theme, learned), theme.px(12));
    mono_text(theme, learned, theme.colours.accent);
    if (figure.unit.empty() || right - left < ImGui::CalcTextSize(figure.unit.c_str()).x) return;
    ImGui::SameLine(left);
    secondary_text(theme, figure.unit);
}

void draw_tip(const Frame& frame, const Chart& chart, const TrainFigure& figure, double step) {
    if (!ImGui::BeginTooltip()) return;
    secondary_text(frame.theme, "step " + grouped(static_cast<std::int64_t>(step)));
    for (const ChartLine& line : chart.lines) {
        const auto at = std::find(line.x.begin(), line.x.end(), step);
        if (at == line.x.end()) continue;
        const double value = line.y[static_cast<std::size_t>(at - line.x.begin())];
        mono_text(frame.theme, formatted("%-8s %9s", line.label.c_str(), value_text(value, figure).c_str()),
                  line.colour);
    }
    ImGui::EndTooltip();
}

void draw_figure(const Frame& frame, const DistillRun& run, const TrainFigure& figure, const ImVec2& size, bool last) {
    ImGui::BeginGroup();
    draw_heading(frame, run, figure, size.x);
    const float room = size.y - ImGui::GetTextLineHeightWithSpacing() - ImGui::GetStyle().ItemSpacing.y;
    Chart chart = train_chart(run, figure, frame.theme);
    const auto steps = static_cast<double>(std::max<std::int64_t>(1, run.request.steps));
    chart.x.least = -0.015 * steps, chart.x.most = 1.04 * steps;  // room for the last tick's label
    chart.x.label = last ? "steps" : "";
    chart.fit(room > frame.px(150) ? 5 : 3);
    const auto hit =
        draw_chart(frame.theme, ("##" + figure.id).c_str(), {size.x, room}, chart, ChartHover::kNearestColumn);
    if (hit) draw_tip(frame, chart, figure, chart.lines[hit->line].x[hit->point]);
    ImGui::EndGroup();
}

}  // namespace

const std::vector<TrainFigure>& train_figures() {
    static const std::vector<TrainFigure> list = {{"loss", "Loss", "nats", false},
                                                  {"f1", "F1", "with the oracle's keys", true},
                                                  {"captured_mass", "Captured mass", "of the dense pattern", true},
                                                  {"perplexity", "Perplexity", "deployed", false}};
    return list;
}

Chart train_chart(const DistillRun& run, const TrainFigure& figure, const Theme& theme) {
    Chart out;
    add_curve(out, run.learned.get(), figure.id, "learned", theme.colours.accent);
    const char* frozen = run.request.start == "random" ? "random" : "at its start";
    add_curve(out, run.random.get(), figure.id, frozen, theme.colours.secondary);
    out.x.whole = true;
    if (figure.share) out.y.text = [](double value) { return formatted("%.4g %%", value * 100); };
    if (figure.id == "perplexity") {
        add_level(out, "dense", run.dense_perplexity, theme.colours.text);
        add_level(out, "oracle", run.oracle_perplexity, theme.colours.text);
        out.y.logarithmic = spread(out) > 3;
    }
    return out;
}

std::string last_value(const TrainCurve* curve, const TrainFigure& figure) {
    const std::vector<double>* values = series_of(curve, figure.id);
    double last = std::numeric_limits<double>::quiet_NaN();
    if (values != nullptr)
        for (const double value : *values)
            if (std::isfinite(value)) last = value;
    return value_text(last, figure);
}

void draw_train_legend(const Frame& frame, float& right) {
    const Palette& colours = frame.theme.colours;
    const std::shared_ptr<const DistillRun>& run = frame.snapshot.distillation;
    const bool random = run == nullptr || run->request.start == "random";
    for (const auto& [colour, label] :
         {std::pair{colours.secondary, random ? "frozen random gate" : "frozen at its start"},
          std::pair{colours.accent, "learned gate"}}) {
        place_right(right, legend_width(frame.theme, label), frame.px(14));
        legend(frame.theme, colour, label);
    }
}

void draw_curves(const Frame& frame) {
    const DistillRun& run = *frame.snapshot.distillation;
    const auto& figures = train_figures();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const std::size_t columns = room.x > frame.px(620) ? 2 : 1, rows = figures.size() / columns;
    const float gap = frame.px(12);
    const ImVec2 size(std::floor((room.x - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns)),
                      std::floor((room.y - frame.px(4) * static_cast<float>(rows - 1)) / static_cast<float>(rows)));
    // By columns, so that the axes of each have the same left end.
    for (std::size_t column = 0; column < columns; ++column) {
        if (column > 0) ImGui::SameLine(0, gap);
        ImGui::BeginGroup();
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(8), frame.px(4)));
        if (ImPlot::BeginAlignedPlots(column == 0 ? "##left" : "##right", true)) {
            for (std::size_t row = 0; row < rows; ++row)
                draw_figure(frame, run, figures[column * rows + row], size, row + 1 == rows);
            ImPlot::EndAlignedPlots();
        }
        ImGui::PopStyleVar();
        ImGui::EndGroup();
    }
}

}  // namespace gatescope
