#include "app/window/panels/attention_plot.h"

#include <algorithm>
#include <cmath>

#include "app/window/query_facts.h"
#include "app/window/token_text.h"
#include "app/window/widgets/text.h"
#include "imgui_internal.h"
#include "implot.h"

namespace gatescope {

namespace {

std::int64_t cell(double place, std::int64_t tokens) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(place)), 0, tokens - 1);
}

std::int64_t number_step(double span, float pixels, float needed) {
    const double least = span * static_cast<double>(needed) / static_cast<double>(std::max(pixels, 1.0F));
    std::int64_t step = 1;
    while (static_cast<double>(step) < least) step *= 2;
    return step;
}

void rotated_text(ImDrawList* draw, const ImVec2& end, ImU32 colour, const std::string& text) {
    const int first = draw->VtxBuffer.Size;
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    // Written in the open, where nothing is clipped, and turned to its place.
    const ImVec2 from = ImGui::GetMainViewport()->Pos;
    const ImVec2 pivot(from.x + size.x, from.y + size.y / 2);
    draw->PushClipRectFullScreen();
    draw->AddText(from, colour, text.c_str());
    draw->PopClipRect();
    ImGui::ShadeVertsTransformPos(draw, first, draw->VtxBuffer.Size, pivot, 0.0F, -1.0F, end);
}

}  // namespace

void AttentionPlot::follow(const PatternMatrix& pattern) {
    if (pattern.tokens == tokens_) return;
    tokens_ = pattern.tokens;
    key_from_ = query_from_ = 0;
    key_to_ = query_to_ = static_cast<double>(tokens_);
}

float AttentionPlot::cell_pixels(const Box& map) const {
    return map.size().x / static_cast<float>(std::max(key_to_ - key_from_, 1e-6));
}

void AttentionPlot::draw(Frame& frame, const Box& map, AttentionImage& image, const ImageStyle& style) {
    const std::shared_ptr<const PatternMatrix>& pattern = frame.pattern();
    follow(*pattern);
    ImGui::GetWindowDrawList()->AddRectFilled(map.from, map.to, pack(frame.theme.colours.ground));
    ImGui::SetCursorScreenPos(map.from);
    ImPlot::PushStyleVar(ImPlotStyleVar_PlotPadding, ImVec2(0, 0));
    constexpr ImPlotAxisFlags kBare =
        ImPlotAxisFlags_NoDecorations | ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight;
    if (ImPlot::BeginPlot("##map", map.size(), ImPlotFlags_CanvasOnly | ImPlotFlags_NoFrame)) {
        const auto tokens = static_cast<double>(tokens_);
        ImPlot::SetupAxes(nullptr, nullptr, kBare, kBare | ImPlotAxisFlags_Invert);
        ImPlot::SetupAxisLinks(ImAxis_X1, &key_from_, &key_to_);
        ImPlot::SetupAxisLinks(ImAxis_Y1, &query_from_, &query_to_);
        for (const ImAxis axis : {ImAxis_X1, ImAxis_Y1}) {
            ImPlot::SetupAxisLimitsConstraints(axis, 0, tokens);
            ImPlot::SetupAxisZoomConstraints(axis, std::min(8.0, tokens), tokens);
        }
        ImPlot::SetupFinish();
        const CellRange visible{cell(query_from_, tokens_), cell(std::ceil(query_to_) - 1, tokens_) + 1,
                                cell(key_from_, tokens_), cell(std::ceil(key_to_) - 1, tokens_) + 1};
        image.show(pattern, style, visible, map.size().x, map.size().y);
        draw_picture(image);
        react(frame, *pattern);
        draw_cross(frame, map);
        ImPlot::EndPlot();
    }
    ImPlot::PopStyleVar();
    draw_edges(frame, map, tokens_, image);
}

void AttentionPlot::draw_picture(const AttentionImage& image) const {
    if (!image.picture()) return;
    const AttentionImage::Picture& picture = *image.picture();
    const CellRange& range = picture.range;
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
    ImPlot::PushPlotClipRect();
    if (platform.DrawCallback_SetSamplerNearest != nullptr)
        draw->AddCallback(platform.DrawCallback_SetSamplerNearest, nullptr);
    draw->AddImage(picture.texture,
                   ImPlot::PlotToPixels(static_cast<double>(range.first_key), static_cast<double>(range.first_query)),
                   ImPlot::PlotToPixels(static_cast<double>(range.last_key), static_cast<double>(range.last_query)));
    if (platform.DrawCallback_SetSamplerLinear != nullptr)
        draw->AddCallback(platform.DrawCallback_SetSamplerLinear, nullptr);
    ImPlot::PopPlotClipRect();
}

void AttentionPlot::react(Frame& frame, const PatternMatrix& pattern) {
    if (!ImPlot::IsPlotHovered()) return;
    const std::int64_t tokens = pattern.tokens;
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    const std::int64_t query = cell(mouse.y, tokens), key = cell(mouse.x, tokens);
    frame.requests.hover.query = query;
    frame.requests.hover.key = std::min(key, key_count(pattern, query) - 1);
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        key_from_ = query_from_ = 0;
        key_to_ = query_to_ = static_cast<double>(tokens);
    } else if (ImGui::IsMouseReleased(ImGuiMouseButton_Left) &&
               !ImGui::IsMouseDragPastThreshold(ImGuiMouseButton_Left)) {
        frame.view.query = query;
    }
}

void AttentionPlot::draw_cross(Frame& frame, const Box& map) const {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const std::int64_t query = query_in_view(frame.view, tokens_);
    ImPlot::PushPlotClipRect();
    const ImU32 line = pack(faded(frame.theme.colours.selected, frame.view.hover.query ? 0.75F : 0.35F));
    const ImVec2 centre = ImPlot::PlotToPixels(static_cast<double>(frame.view.hover.key.value_or(0)) + 0.5,
                                               static_cast<double>(query) + 0.5);
    draw->AddLine({map.from.x, centre.y}, {map.to.x, centre.y}, line);
    if (frame.view.hover.key) draw->AddLine({centre.x, map.from.y}, {centre.x, map.to.y}, line);
    ImPlot::PopPlotClipRect();
}

void AttentionPlot::draw_edges(const Frame& frame, const Box& map, std::int64_t tokens,
                               const AttentionImage& image) const {
    ImGui::PushFont(frame.theme.fonts.mono, frame.px(11.5F));
    if (cell_pixels(map) >= ImGui::GetTextLineHeight())
        draw_tokens(frame, map, tokens);
    else
        draw_numbers(frame, map);
    ImGui::PopFont();
    ImGui::PushFont(nullptr, frame.theme.small_size());
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImU32 colour = pack(frame.theme.colours.secondary);
    if (cell_pixels(map) < ImGui::GetTextLineHeight()) {
        std::string across = "key position";
        if (image.picture() && image.picture()->pool > 1)
            across +=
                formatted("; each point is the strongest of %lld × %lld pairs",
                          static_cast<long long>(image.picture()->pool), static_cast<long long>(image.picture()->pool));
        across = fitted(across, map.size().x);
        const float width = ImGui::CalcTextSize(across.c_str()).x;
        draw->AddText({std::round((map.from.x + map.to.x - width) / 2), map.to.y + frame.px(20)}, colour,
                      across.c_str());
        const char* down = "query position";
        const ImVec2 size = ImGui::CalcTextSize(down);
        rotated_text(draw, {map.from.x - frame.px(48), (map.from.y + map.to.y - size.x) / 2}, colour, down);
    }
    ImGui::PopFont();
}

void AttentionPlot::draw_numbers(const Frame& frame, const Box& map) const {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImU32 colour = pack(frame.theme.colours.secondary);
    const double span = key_to_ - key_from_;
    const std::int64_t step = number_step(span, map.size().x, frame.px(56));
    const float line = ImGui::GetTextLineHeight();
    const auto each = [&](double from, double to, const auto& put) {
        const auto first = static_cast<std::int64_t>(std::ceil(from / static_cast<double>(step))) * step;
        for (std::int64_t number = first; static_cast<double>(number) <= to; number += step)
            put(static_cast<float>((static_cast<double>(number) - from) / (to - from)), std::to_string(number));
    };
    each(key_from_, key_to_, [&](float part, const std::string& label) {
        const float width = ImGui::CalcTextSize(label.c_str()).x;
        const float x = std::clamp(map.from.x + part * map.size().x - width / 2, map.from.x, map.to.x - width);
        draw->AddText({std::round(x), map.to.y + frame.px(4)}, colour, label.c_str());
    });
    each(query_from_, query_to_, [&](float part, const std::string& label) {
        const float width = ImGui::CalcTextSize(label.c_str()).x;
        const float y = std::clamp(map.from.y + part * map.size().y - line / 2, map.from.y - 2, map.to.y - line + 2);
        draw->AddText({map.from.x - width - frame.px(6), std::round(y)}, colour, label.c_str());
    });
}

void AttentionPlot::draw_tokens(const Frame& frame, const Box& map, std::int64_t tokens) const {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const std::int64_t window = frame.pattern()->window;
    const std::int64_t query_in = query_in_view(frame.view, tokens_);
    const float pixels = cell_pixels(map), room = frame.px(48), line = ImGui::GetTextLineHeight();
    const auto colour = [&](bool chosen) {
        return pack(chosen ? frame.theme.colours.text : frame.theme.colours.secondary);
    };
    for (std::int64_t query = cell(query_from_, tokens); query <= cell(query_to_, tokens); ++query) {
        const float y = map.from.y + (static_cast<float>(static_cast<double>(query) + 0.5 - query_from_)) * pixels;
        if (y < map.from.y || y > map.to.y) continue;
        const std::string label = fitted(token_label(frame.run, window, query), room);
        draw->AddText({map.from.x - frame.px(6) - ImGui::CalcTextSize(label.c_str()).x, std::round(y - line / 2)},
                      colour(query == query_in), label.c_str());
    }
    for (std::int64_t key = cell(key_from_, tokens); key <= cell(key_to_, tokens); ++key) {
        const float x = map.from.x + (static_cast<float>(static_cast<double>(key) + 0.5 - key_from_)) * pixels;
        if (x < map.from.x || x > map.to.x) continue;
        rotated_text(draw, {std::round(x), map.to.y + frame.px(5)}, colour(frame.view.hover.key == key),
                     fitted(token_label(frame.run, window, key), room - 4));
    }
}

}  // namespace gatescope
