// The selected head's map, T x T, with its colour bar, overlays of the gates' kept keys, and facts of the query in
// view.
#include <algorithm>
#include <cmath>

#include "app/window/attention_image.h"
#include "app/window/panels/attention_facts.h"
#include "app/window/panels/attention_plot.h"
#include "app/window/panels/mark_legend.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/token_text.h"
#include "app/window/widgets/colour_bar.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

// Cells a frame: about 2 ms.
constexpr std::int64_t kCellsAFrame = 600'000;

// Between the 0xRRGGBB of a colour map and Dear ImGui's order.
std::uint32_t swapped(std::uint32_t colour) {
    return (colour & 0x00FF00U) | ((colour & 0xFFU) << 16U) | ((colour >> 16U) & 0xFFU);
}

class AttentionPanel : public Panel {
  public:
    explicit AttentionPanel(Textures& textures) : image_(textures) {}
    void draw(Frame& frame, const Box& box) override {
        const PatternMatrix* pattern = frame.pattern().get();
        begin_panel(frame.theme, box,
                    {"Attention", "Attention", about(frame), [&](float& right) { draw_choices(frame, right); }});
        if (pattern == nullptr || pattern->tokens < 1)
            draw_nothing(frame);
        else
            draw_map(frame);
        end_panel();
    }

  private:
    static std::string about(const Frame& frame);
    void draw_choices(Frame& frame, float& right);
    static void draw_nothing(Frame& frame);
    void explain_pair(const Frame& frame) const;
    void draw_map(Frame& frame);
    void draw_bar(const Frame& frame, const ImVec2& from, float height) const;
    static ImageStyle style_of(const Frame& frame);

    AttentionImage image_;
    AttentionPlot plot_;
    AttentionFacts facts_;
    bool legend_in_header_ = false;
};

std::string AttentionPanel::about(const Frame& frame) {
    const ViewState& view = frame.view;
    const PatternMatrix* pattern = frame.pattern().get();
    const HeadPlace shown = pattern == nullptr ? view.selected : HeadPlace{pattern->layer, pattern->head};
    const std::int64_t windows = window_count(frame.run);
    std::string out =
        formatted("layer %lld, head %lld", static_cast<long long>(shown.layer), static_cast<long long>(shown.head));
    if (windows > 0)
        out += formatted(", window %lld of %lld",
                         static_cast<long long>((pattern == nullptr ? view.window : pattern->window) + 1),
                         static_cast<long long>(windows));
    return out;
}

void AttentionPanel::draw_choices(Frame& frame, float& right) {
    const Theme& theme = frame.theme;
    ViewState& view = frame.view;
    const ColourMap& map = colour_map(view.colours);
    place_right(right, menu_width(theme, map.label), frame.px(6));
    if (begin_menu(theme, "##colours", map.label, "Colour map (C: next)")) {
        for (const ColourMap& choice : colour_maps())
            if (!choice.diverging && menu_choice(theme, choice.label, choice.id == map.id)) view.colours = choice.id;
        ImGui::EndPopup();
    }
    const std::string scale = view.logarithmic ? "log" : "linear";
    place_right(right, menu_width(theme, "linear"), frame.px(12));
    if (begin_menu(theme, "##scale", scale, "Scale of the colours (L)", menu_width(theme, "linear"))) {
        if (menu_choice(theme, "log", view.logarithmic, "From 0.001 to 1")) view.logarithmic = true;
        if (menu_choice(theme, "linear", !view.logarithmic, "From 0 to 1")) view.logarithmic = false;
        ImGui::EndPopup();
    }
    legend_in_header_ = draw_mark_header(frame, image_.marks(), right);
}

void AttentionPanel::draw_nothing(Frame& frame) {
    if (frame.snapshot.capture != nullptr) {
        if (empty_panel(frame.theme, "The open capture stores no attention patterns of this window.",
                        "Close the capture"))
            frame.send(CloseCapture{});
        return;
    }
    draw_waiting(frame, "The attention map of the selected head", true);
}

ImageStyle AttentionPanel::style_of(const Frame& frame) {
    const ViewState& view = frame.view;
    ImageStyle style;
    style.colours = colour_map(view.colours).diverging ? "viridis" : view.colours;
    style.scale.logarithmic = view.logarithmic;
    style_marks(frame, style);
    return style;
}

void AttentionPanel::draw_map(Frame& frame) {
    if (!legend_in_header_) draw_mark_line(frame, image_.marks(), ImGui::GetContentRegionAvail().x);
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    const float left = frame.px(60), below = frame.px(44), bar = frame.px(76), gap = frame.px(12);
    // Where the facts would squeeze the map, the map goes first.
    const float tall = room.y - below, wide = room.x - left - bar - gap, least_facts = frame.px(200);
    const bool facts = wide - least_facts > 0.75F * tall;
    const float side = std::max(frame.px(80), std::floor(std::min(tall, wide - (facts ? least_facts : 0))));
    const Box map{{at.x + left, at.y}, {at.x + left + side, at.y + side}};
    plot_.draw(frame, map, image_, style_of(frame));
    if (image_.work(kCellsAFrame)) frame.requests.another_frame = true;
    draw_bar(frame, {map.to.x + gap, map.from.y}, side);
    if (!facts) {
        explain_pair(frame);
        return;
    }
    const float facts_from = map.to.x + gap + bar;
    ImGui::SetCursorScreenPos({facts_from, at.y});
    facts_.draw(frame, {at.x + room.x - facts_from, room.y}, image_);
}

// Where there is no room for the facts, the pair under the pointer is told there.
void AttentionPanel::explain_pair(const Frame& frame) const {
    const Hover& hover = frame.requests.hover;
    const PatternMatrix& pattern = *frame.pattern();
    if (!hover.query || !hover.key || !ImGui::BeginTooltip()) return;
    const auto cell = static_cast<std::size_t>(*hover.query * pattern.tokens + *hover.key);
    mono_text(frame.theme,
              token_label(frame.run, pattern.window, *hover.query) + " → " +
                  token_label(frame.run, pattern.window, *hover.key),
              frame.theme.colours.text);
    mono_text(frame.theme, formatted("%.4f", static_cast<double>(pattern.probabilities[cell])),
              frame.theme.colours.text);
    std::string words =
        formatted("query %lld, key %lld", static_cast<long long>(*hover.query), static_cast<long long>(*hover.key));
    if (image_.marks().gated() && image_.marks().whole())
        words += ", " + mark_words(pattern, image_.marks().at(*hover.query, *hover.key));
    secondary_text(frame.theme, words);
    ImGui::EndTooltip();
}

void AttentionPanel::draw_bar(const Frame& frame, const ImVec2& from, float height) const {
    std::vector<BarTick> ticks;
    const ProbabilityScale scale = style_of(frame).scale;
    const std::vector<float> values = scale.logarithmic ? std::vector<float>{0.001F, 0.01F, 0.1F, 1.0F}
                                                        : std::vector<float>{0.0F, 0.25F, 0.5F, 0.75F, 1.0F};
    for (const float value : values)
        ticks.push_back({scale.position(value), formatted("%g", static_cast<double>(value))});
    const ImageStyle style = style_of(frame);
    ColourMap map = colour_map(style.colours);
    // As the pairs look that are not marked.
    if (style.marking())
        for (std::uint32_t& rgb : map.control) rgb = swapped(marked_colour(style, swapped(rgb), Mark::kNone));
    colour_bar_upright(frame.theme, map, from, frame.px(10), height, ticks);
}

}  // namespace

std::unique_ptr<Panel> make_attention_panel(Textures& textures) {
    return std::make_unique<AttentionPanel>(textures);
}

}  // namespace gatescope
