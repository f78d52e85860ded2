#include "app/window/panels/scatter_plot.h"

#include <algorithm>
#include <cmath>

#include "app/window/selection.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/nearest_point.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

void tip(const Frame& frame, const Scatter& scatter, const ScatterPoint& point) {
    if (!ImGui::BeginTooltip()) return;
    const Theme& theme = frame.theme;
    const ScatterSource& source = scatter.sources[point.source];
    show_text(formatted("Layer %lld, head %lld", static_cast<long long>(point.place.layer),
                        static_cast<long long>(point.place.head)));
    if (scatter.sources.size() > 1 || !source.shown) secondary_text(theme, source.name);
    const std::pair<const MetricInfo*, double> rows[] = {{scatter.x, point.x}, {scatter.y, point.y}};
    float labels = 0;
    ImGui::PushFont(nullptr, theme.small_size());
    for (const auto& [metric, value] : rows)
        labels = std::max(labels, ImGui::CalcTextSize(metric_label(*metric, frame.view.k).c_str()).x);
    ImGui::PopFont();
    for (const auto& [metric, value] : rows)
        value_row(theme, metric_label(*metric, frame.view.k), format_metric(*metric, static_cast<float>(value)),
                  labels + theme.px(12), theme.px(84));
    ImGui::EndTooltip();
}

ScatterBox box_between(const ImVec2& a, const ImVec2& b) {
    const ImPlotPoint from = ImPlot::PixelsToPlot(a), to = ImPlot::PixelsToPlot(b);
    return {from.x, to.x, from.y, to.y};
}

}  // namespace

void scatter_mark(ImDrawList* draw, const ImVec2& at, float radius, std::size_t shape, ImU32 colour) {
    const float wide = radius * 1.25F, high = radius * 0.75F;
    switch (shape % 5) {
        case 0:
            draw->AddCircleFilled(at, radius, colour);
            break;
        case 1:
            draw->AddRectFilled({at.x - radius * 0.9F, at.y - radius * 0.9F},
                                {at.x + radius * 0.9F, at.y + radius * 0.9F}, colour);
            break;
        case 2:
            draw->AddQuadFilled({at.x - wide, at.y}, {at.x, at.y - wide}, {at.x + wide, at.y}, {at.x, at.y + wide},
                                colour);
            break;
        case 3:
            draw->AddTriangleFilled({at.x - wide, at.y + high}, {at.x, at.y - wide}, {at.x + wide, at.y + high},
                                    colour);
            break;
        default:
            draw->AddTriangleFilled({at.x - wide, at.y - high}, {at.x + wide, at.y - high}, {at.x, at.y + wide},
                                    colour);
            break;
    }
}

void ScatterPlot::draw(Frame& frame, const ImVec2& size, const Scatter& scatter, const Chart& chart,
                       const ScatterLook& look, ElsewhereHeads& elsewhere) {
    ImGui::PushFont(nullptr, frame.px(12));
    if (ImPlot::BeginPlot("##heads", size, ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        set_up_axes(frame.theme, chart, size);
        ImPlot::SetupFinish();
        place(scatter);
        find_selected(frame, scatter, elsewhere);
        ImPlot::PushPlotClipRect(frame.px(4));
        draw_points(frame, scatter, look, brushed(frame, elsewhere));
        react(frame, scatter, elsewhere);
        ImPlot::PopPlotClipRect();
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
}

void ScatterPlot::place(const Scatter& scatter) {
    at_.clear();
    for (const ScatterPoint& point : scatter.points) at_.push_back(ImPlot::PlotToPixels(point.x, point.y));
}

void ScatterPlot::find_selected(const Frame& frame, const Scatter& scatter, const ElsewhereHeads& elsewhere) {
    selected_.clear();
    is_selected_.assign(scatter.points.size(), 0);
    for (std::size_t at = 0; at < scatter.points.size(); ++at) {
        const ScatterPoint& point = scatter.points[at];
        const ScatterSource& source = scatter.sources[point.source];
        const bool chosen = source.shown ? point.place == frame.view.selected || frame.view.also.contains(point.place)
                                         : !elsewhere.empty() && elsewhere.contains({source.name, point.place});
        if (!chosen) continue;
        is_selected_[at] = 1;
        selected_.push_back(at);
    }
}

void ScatterPlot::draw_points(const Frame& frame, const Scatter& scatter, const ScatterLook& look,
                              bool brushed_now) const {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const bool many = scatter.points.size() > 1500;
    const float radius = std::max(1.5F, (many ? 2.25F : 3.25F) * frame.theme.scale);
    const ImU32 halo = pack(faded(frame.theme.colours.text, brushed_now ? 0.12F : 0.3F));
    const auto mark = [&](std::size_t at, float alpha) {
        const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(look.colours[at]);
        const std::size_t shape = look.shapes[scatter.points[at].source];
        // Both ends of a map come near the ground of one of the themes.
        if (look.haloed) scatter_mark(draw, at_[at], radius + 1, shape, halo);
        scatter_mark(draw, at_[at], radius, shape, pack(faded(colour, alpha)));
    };
    for (std::size_t at = 0; at < scatter.points.size(); ++at)
        if (is_selected_[at] == 0) mark(at, brushed_now ? 0.3F : 0.85F);
    // Those that were chosen lie on top, outlined while they are few enough to be told apart.
    for (const std::size_t at : selected_) {
        if (selected_.size() <= 400)
            draw->AddCircleFilled(at_[at], radius + frame.px(1.5F), pack(frame.theme.colours.selected));
        mark(at, 1);
    }
    const ImVec4& outline = frame.theme.colours.selected;
    for (std::size_t at = 0; at < scatter.points.size(); ++at) {
        const ScatterPoint& point = scatter.points[at];
        if (!scatter.sources[point.source].shown) continue;
        if (point.place == frame.view.selected) ring(frame, at, outline);
        if (frame.view.hover.head == point.place) ring(frame, at, frame.theme.colours.secondary);
    }
}

void ScatterPlot::ring(const Frame& frame, std::size_t point, const ImVec4& colour) const {
    ImPlot::GetPlotDrawList()->AddCircle(at_[point], frame.px(7), pack(colour), 0, frame.px(1.5F));
}

std::optional<std::size_t> ScatterPlot::point_at_pointer(const Frame& frame) const {
    return nearest_point(at_, ImGui::GetIO().MousePos, frame.px(10));
}

void ScatterPlot::react(Frame& frame, const Scatter& scatter, ElsewhereHeads& elsewhere) {
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize(), mouse = ImGui::GetIO().MousePos;
    const bool over =
        ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y}, false);
    if (over && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) pressed_ = mouse;
    const bool drags =
        pressed_ && std::max(std::abs(mouse.x - pressed_->x), std::abs(mouse.y - pressed_->y)) > frame.px(4);
    const bool released = pressed_ && ImGui::IsMouseReleased(ImGuiMouseButton_Left);
    if (drags) {
        const ImVec2 low(std::min(mouse.x, pressed_->x), std::min(mouse.y, pressed_->y));
        const ImVec2 high(std::max(mouse.x, pressed_->x), std::max(mouse.y, pressed_->y));
        ImDrawList* draw = ImPlot::GetPlotDrawList();
        draw->AddRectFilled(low, high, pack(faded(frame.theme.colours.accent, 0.15F)));
        draw->AddRect(low, high, pack(frame.theme.colours.accent));
        if (released) take_brush(frame, scatter, elsewhere);
    } else if (over) {
        point_at(frame, scatter, released, elsewhere);
    }
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) pressed_.reset();
}

void ScatterPlot::point_at(Frame& frame, const Scatter& scatter, bool clicked, ElsewhereHeads& elsewhere) const {
    const std::optional<std::size_t> hit = point_at_pointer(frame);
    const bool add = hit && ImGui::GetIO().KeyShift;
    if (clicked && !add) {
        frame.view.also.clear();
        elsewhere.clear();
    }
    if (!hit) return;
    const ScatterPoint& point = scatter.points[*hit];
    const ScatterSource& source = scatter.sources[point.source];
    ring(frame, *hit, frame.theme.colours.text);
    tip(frame, scatter, point);
    if (source.shown) frame.requests.hover.head = point.place;
    if (clicked && source.shown)
        select_head(frame, point.place, add);
    else if (clicked && elsewhere.erase({source.name, point.place}) == 0)
        elsewhere.insert({source.name, point.place});
}

void ScatterPlot::take_brush(Frame& frame, const Scatter& scatter, ElsewhereHeads& elsewhere) const {
    std::vector<HeadPlace> here;
    if (!ImGui::GetIO().KeyShift) elsewhere.clear();
    for (const std::size_t at : points_in(scatter, box_between(*pressed_, ImGui::GetIO().MousePos))) {
        const ScatterPoint& point = scatter.points[at];
        const ScatterSource& source = scatter.sources[point.source];
        if (source.shown)
            here.push_back(point.place);
        else
            elsewhere.insert({source.name, point.place});
    }
    select_heads(frame, here, ImGui::GetIO().KeyShift);
}

}  // namespace gatescope
