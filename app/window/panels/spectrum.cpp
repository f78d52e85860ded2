// The values that a head's kernel is made of: how they fall, how much a few of them hold, and what random kernels have.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "app/window/panels/missing_spectra.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/spectrum_facts.h"
#include "app/window/spectra_looks.h"
#include "app/window/spectra_wishes.h"
#include "app/window/spectrum_chart.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/segments.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr std::array kParts = {SpectrumPartChoice::kWhole, SpectrumPartChoice::kSkew, SpectrumPartChoice::kSymmetric,
                               SpectrumPartChoice::kActivations};

const char* part_help(SpectrumPartChoice part) {
    switch (part) {
        case SpectrumPartChoice::kWhole:
            return "Singular values of the kernel W = W_q W_k^T, scaled as scores are";
        case SpectrumPartChoice::kSkew:
            return "Singular values of (W - W^T)/2, which come in equal pairs: planes in which queries turn to keys";
        case SpectrumPartChoice::kSymmetric:
            return "Eigenvalues of (W + W^T)/2: positive where like attends to like, negative where like avoids like";
        case SpectrumPartChoice::kActivations:
            break;
    }
    return "Values of all scores of a window, over the text, as they are and centred";
}

class SpectrumPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box,
                    {"Spectrum", "Spectrum", about(frame), [&](float& right) { draw_choices(frame, right); }});
        draw_settings(frame);
        const ModelSpectra* shown = frame.derived.spectra.get();
        if (shown == nullptr || !has_spectrum(*shown->spectra, frame.view.spectra))
            draw_missing_spectra(frame, missing_what(frame.view.spectra), spectrum_need(frame.view.spectra));
        else if (!cell_of(frame, frame.view.selected).there())
            empty_panel(frame.theme, "The selected head is not among those analysed.");
        else
            draw_head(frame, *shown->spectra);
        end_panel();
    }

  private:
    // What the picture was made of.
    struct MadeOf {
        std::shared_ptr<const ModelSpectra> spectra;
        HeadPlace selected;
        std::set<HeadPlace> also;
        KernelForm form = KernelForm::kFolded;
        SpectrumPartChoice part = SpectrumPartChoice::kWhole;
        bool controls = false, cumulative = false, logarithmic = false;
        ThemeKind theme = ThemeKind::kDark;
        bool operator==(const MadeOf&) const = default;
    };

    static HeadCell cell_of(const Frame& frame, const HeadPlace& place) {
        const ModelSpectra& shown = *frame.derived.spectra;
        const auto find = [](const std::vector<std::int64_t>& numbers, std::int64_t number) -> std::int64_t {
            const auto found = std::find(numbers.begin(), numbers.end(), number);
            return found == numbers.end() ? -1 : found - numbers.begin();
        };
        return {find(shown.layers.members(shown.model->config.n_layers), place.layer),
                find(shown.heads.members(shown.model->config.n_heads), place.head)};
    }
    static std::string missing_what(const SpectraView& view) {
        if (view.part == SpectrumPartChoice::kActivations) return "The spectrum of the head's scores";
        return std::string("The spectrum of the head's ") + form_id(view.form) + " kernel";
    }
    static std::string about(const Frame& frame);
    static void draw_choices(Frame& frame, float& right);
    static void draw_settings(Frame& frame);
    static void draw_delta(Frame& frame, float width);
    void follow(const Frame& frame);
    void draw_head(Frame& frame, const Spectra& spectra);
    void draw_legend(const Frame& frame) const;
    void draw_tip(const Frame& frame, const ChartPoint& hit) const;

    MadeOf made_of_;
    SpectrumPicture picture_;
    std::vector<SpectrumFact> facts_;
};

std::string SpectrumPanel::about(const Frame& frame) {
    const SpectraView& view = frame.view.spectra;
    const HeadPlace& place = frame.view.selected;
    std::string out =
        formatted("layer %lld, head %lld", static_cast<long long>(place.layer), static_cast<long long>(place.head));
    if (frame.derived.spectra == nullptr) return out;
    const Spectra& spectra = *frame.derived.spectra->spectra;
    if (view.part == SpectrumPartChoice::kActivations) {
        const std::int64_t windows = spectra.activations ? spectra.activations->windows : 0;
        return windows > 0 ? out + formatted(", mean of %lld windows", static_cast<long long>(windows)) : out;
    }
    const std::int64_t delta = spectra.request.delta;
    return delta == 0 ? out
                      : out + formatted(", keys %lld tokens %s", static_cast<long long>(std::abs(delta)),
                                        delta > 0 ? "back" : "ahead");
}

void SpectrumPanel::draw_choices(Frame& frame, float& right) {
    const Theme& theme = frame.theme;
    SpectraView& view = frame.view.spectra;
    const char* scale = view.cumulative ? "Energy" : view.logarithmic ? "Values, log" : "Values";
    place_right(right, menu_width(theme, scale), theme.px(6));
    if (begin_menu(theme, "##values", scale, "What stands against the component (E)")) {
        if (menu_choice(theme, "Values, log", !view.cumulative && view.logarithmic))
            view.cumulative = false, view.logarithmic = true;
        if (menu_choice(theme, "Values", !view.cumulative && !view.logarithmic))
            view.cumulative = view.logarithmic = false;
        if (menu_choice(theme, "Energy", view.cumulative, "Share of the squared norm in the components so far"))
            view.cumulative = true;
        ImGui::EndPopup();
    }
    place_right(right, menu_width(theme, part_label(view.part)), theme.px(8));
    if (begin_menu(theme, "##part", part_label(view.part), std::string(part_help(view.part)) + " (S)")) {
        for (const SpectrumPartChoice part : kParts)
            if (menu_choice(theme, part_label(part), part == view.part, part_help(part))) view.part = part;
        ImGui::EndPopup();
    }
}

void SpectrumPanel::draw_settings(Frame& frame) {
    const Theme& theme = frame.theme;
    SpectraView& view = frame.view.spectra;
    const bool weights = view.part != SpectrumPartChoice::kActivations;
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    ImGui::BeginDisabled(!weights);
    int form = view.form == KernelForm::kRaw ? 0 : 1;
    if (segments(theme, "##form",
                 {{"raw", "The projections alone (F)"},
                  {"folded", "With the gain of the norm that the layer's input comes from multiplied in (F)"}},
                 form))
        view.form = form == 0 ? KernelForm::kRaw : KernelForm::kFolded;
    const char* controls = "random";
    const float box = ImGui::GetFrameHeight() + ImGui::GetStyle().ItemInnerSpacing.x + ImGui::CalcTextSize(controls).x;
    ImGui::SameLine(0, theme.px(12));
    draw_delta(frame, right - ImGui::GetCursorPosX() - box - theme.px(14));
    ImGui::SameLine(right - box);
    ImGui::Checkbox(controls, &view.controls);
    tooltip(theme, "What 20 random kernels of equal shape and norm have, from the least to the largest");
    ImGui::EndDisabled();
}

void SpectrumPanel::draw_delta(Frame& frame, float width) {
    const std::string why_not = why_no_delta(frame.snapshot);
    ImGui::BeginChild("##offset", {std::max(width, frame.px(120)), ImGui::GetFrameHeight()}, ImGuiChildFlags_None,
                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
    ImGui::BeginDisabled(!why_not.empty());
    auto delta = static_cast<double>(shown_delta(frame.snapshot, frame.view));
    const double before = delta;
    slider_row(frame.theme, "Offset",
               "How many tokens the key lies before the query: rotary positions turn the kernel with it. What was "
               "measured last is shown until the new one is there.",
               {0, 1024, true, true}, frame.theme.colours.accent, frame.px(52), delta);
    if (delta != before) frame.view.spectra.delta = static_cast<std::int64_t>(delta);
    ImGui::EndDisabled();
    ImGui::EndChild();
    if (!why_not.empty()) tooltip(frame.theme, why_not + ".");
}

void SpectrumPanel::follow(const Frame& frame) {
    const SpectraView& view = frame.view.spectra;
    MadeOf now{frame.derived.spectra, frame.view.selected, frame.view.also,  view.form,       view.part,
               view.controls,         view.cumulative,     view.logarithmic, frame.theme.kind};
    if (now == made_of_) return;
    made_of_ = std::move(now);
    const HeadCell head = cell_of(frame, frame.view.selected);
    std::vector<HeadCell> others;
    for (const HeadPlace& place : frame.view.also) others.push_back(cell_of(frame, place));
    picture_ = spectrum_picture(*frame.derived.spectra->spectra, view, head, others, frame.theme);
    facts_ = spectrum_facts(*frame.derived.spectra->spectra, view, head);
}

void SpectrumPanel::draw_head(Frame& frame, const Spectra& /*spectra*/) {
    follow(frame);
    draw_legend(frame);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const bool alone =
        std::all_of(facts_.begin(), facts_.end(), [](const SpectrumFact& fact) { return fact.control.empty(); });
    const bool short_cells = alone || room.y < frame.px(300);
    const float facts = room.y < frame.px(150) ? 0 : facts_height(frame, facts_.size(), short_cells) + frame.px(6);
    Chart chart = picture_.chart;
    const float height = room.y - facts;
    chart.fit(height > frame.px(190) ? 5 : 3);
    if (height < frame.px(140)) chart.x.label.clear(), chart.y.label.clear();
    const auto hit = draw_chart(frame.theme, "##spectrum", {room.x, height}, chart, ChartHover::kNearestColumn);
    if (hit) draw_tip(frame, *hit);
    if (facts > 0) draw_facts(frame, facts_, short_cells);
}

void SpectrumPanel::draw_legend(const Frame& frame) const {
    const Theme& theme = frame.theme;
    const float left = ImGui::GetCursorPosX(), right = left + ImGui::GetContentRegionAvail().x;
    float end = left;
    bool first = true;
    // What has no room is left out.
    const auto entry = [&](const ImVec4& colour, const std::string& label) {
        const float from = first ? left : end + theme.px(14);
        if (from + legend_width(theme, label) > right) return;
        if (!first) ImGui::SameLine(from);
        legend(theme, colour, label);
        end = from + legend_width(theme, label);
        first = false;
    };
    for (const SpectrumLine& line : picture_.lines) entry(line.colour, line.label);
    entry(faded(theme.colours.secondary, 0.9F), "layer mean");
    if (picture_.random) entry(faded(theme.colours.secondary, 0.5F), "random");
    if (picture_.others) entry(faded(picture_.lines.front().colour, 0.45F), "other selected");
}

void SpectrumPanel::draw_tip(const Frame& frame, const ChartPoint& hit) const {
    if (!ImGui::BeginTooltip()) return;
    const Theme& theme = frame.theme;
    const bool energy = made_of_.cumulative;
    const auto number = [&](double value) {
        return energy ? formatted("%.2f %%", 100 * value) : formatted("%#.4g", value);
    };
    const auto at = static_cast<std::size_t>(picture_.chart.lines[hit.line].x[hit.point]) - 1;
    secondary_text(theme, formatted("component %zu", at + 1));
    for (const SpectrumLine& line : picture_.lines) {
        if (at >= line.head.size()) continue;
        coloured_text(line.colour, line.label);
        const float labels = theme.px(112), values = theme.px(104);
        value_row(theme, energy ? "so far" : "value", number(line.head[at]), labels, values);
        if (!energy)
            value_row(theme, "share of norm²", formatted("%.2f %%", 100 * line.head[at] * line.head[at] / line.energy),
                      labels, values);
        if (at < line.layer_mean.size()) value_row(theme, "layer mean", number(line.layer_mean[at]), labels, values);
        if (at < line.low.size())
            value_row(theme, "random", number(line.low[at]) + " – " + number(line.high[at]), labels, values);
    }
    ImGui::EndTooltip();
}

}  // namespace

std::unique_ptr<Panel> make_spectrum_panel(Textures& /*textures*/) {
    return std::make_unique<SpectrumPanel>();
}

}  // namespace gatescope
