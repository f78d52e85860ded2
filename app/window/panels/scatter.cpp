// Any figure of the heads against any other: a dot is a head, coloured by its layer or its checkpoint. A rectangle
// dragged over dots selects their heads in every panel.
#include <algorithm>
#include <cmath>

#include "app/window/colour_maps.h"
#include "app/window/panels/missing_metric.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/scatter_plot.h"
#include "app/window/selection.h"
#include "app/window/spectra_looks.h"
#include "app/window/widgets/colour_bar.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/metric_menu.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

class ScatterPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        begin_panel(frame.theme, box,
                    {"Scatter", "Scatter", "a dot is a head", [&](float& right) { draw_colour_menu(frame, right); }});
        draw_axis_row(frame, "##y", scatter_.y, frame.view.spectra.scatter_y, frame.view.spectra.scatter_log_y);
        if (scatter_.points.empty())
            draw_nothing(frame);
        else
            draw_plot(frame);
        end_panel();
    }

  private:
    // All that the points and their looks depend on.
    struct From {
        std::shared_ptr<const RunResult> run;
        std::shared_ptr<const ModelSpectra> spectra;
        std::shared_ptr<const SpectraSurvey> survey;
        std::shared_ptr<const ModelSummary> model;
        ScatterChoice choice;
        bool by_checkpoint = false;
        std::string colours;
        ThemeKind theme = ThemeKind::kDark;
        bool operator==(const From&) const = default;
    };

    void follow(const Frame& frame);
    void set_up_chart(const Frame& frame);
    void set_up_look(const Frame& frame);
    void draw_colour_menu(Frame& frame, float& right) const;
    static void draw_axis_row(Frame& frame, const char* id, const MetricInfo* metric, std::string& chosen,
                              bool& logarithmic);
    void draw_nothing(Frame& frame) const;
    void draw_x_row(Frame& frame) const {
        draw_axis_row(frame, "##x", scatter_.x, frame.view.spectra.scatter_x, frame.view.spectra.scatter_log_x);
    }
    void draw_plot(Frame& frame);
    void draw_legend(const Frame& frame) const;
    float legend_height(const Frame& frame, float width) const;
    void draw_words(const Frame& frame) const;
    bool by_checkpoint(const Frame& frame) const {
        return frame.view.spectra.by_checkpoint && scatter_.sources.size() > 1;
    }

    From from_;
    bool once_ = false;
    Scatter scatter_;
    Chart chart_;
    ScatterLook look_;
    ScatterPlot plot_;
    ElsewhereHeads elsewhere_;
};

ScatterChoice choice_of(const Frame& frame) {
    const SpectraView& view = frame.view.spectra;
    const ShownGates gates = shown_gates(frame.snapshot);
    const auto gate = gates.of(frame.view.metric_slot);
    return {view.scatter_x,     view.scatter_y,    frame.view.k, gate ? gate : gates.of(1 - frame.view.metric_slot),
            view.scatter_log_x, view.scatter_log_y};
}

// "Entropy (nats)": what an axis shows.
std::string axis_words(const MetricInfo& metric, std::int32_t k) {
    const std::string unit = metric.share ? "%" : metric.unit;
    return metric_label(metric, k) + (unit.empty() ? "" : " (" + unit + ")");
}

// As in the other panels of a survey; grey for a model that is none of its checkpoints.
ImVec4 source_colour(const Theme& theme, const ScatterSource& source) {
    return source.survey_place ? checkpoint_colour(theme, *source.survey_place) : theme.colours.dense;
}

void ScatterPanel::follow(const Frame& frame) {
    const Snapshot& snapshot = frame.snapshot;
    const bool captured = snapshot.capture != nullptr;
    From from{captured ? snapshot.capture : snapshot.run,
              captured ? nullptr : snapshot.spectra,
              snapshot.survey,
              snapshot.model,
              choice_of(frame),
              frame.view.spectra.by_checkpoint,
              frame.view.colours,
              frame.theme.kind};
    if (once_ && from == from_) return;
    once_ = true;
    if (from.survey != from_.survey) elsewhere_.clear();
    from_ = std::move(from);
    scatter_ = scatter_of(snapshot, frame.run, from_.choice);
    set_up_chart(frame);
    set_up_look(frame);
}

void ScatterPanel::set_up_chart(const Frame& frame) {
    chart_ = {};
    chart_.x.logarithmic = frame.view.spectra.scatter_log_x;
    chart_.y.logarithmic = frame.view.spectra.scatter_log_y;
    const auto per_cent = [](double value) { return formatted("%.4g", 100 * value); };
    if (scatter_.x->share) chart_.x.text = per_cent;
    if (scatter_.y->share) chart_.y.text = per_cent;
    ChartLine all;
    for (const ScatterPoint& point : scatter_.points) all.add(point.x, point.y);
    chart_.lines.push_back(std::move(all));
    chart_.fit(5);
}

void ScatterPanel::set_up_look(const Frame& frame) {
    look_ = {};
    const bool checkpoints = by_checkpoint(frame);
    look_.haloed = !checkpoints;
    std::vector<ImU32> of_source;
    for (const ScatterSource& source : scatter_.sources) {
        const std::size_t place = source.survey_place.value_or(0);
        of_source.push_back(pack(source_colour(frame.theme, source)));
        look_.shapes.push_back(checkpoints ? place + place / 5 : 0);
    }
    const ColourMap& map = colour_map(frame.view.colours);
    const auto last = static_cast<float>(std::max<std::int64_t>(scatter_.layers - 1, 1));
    for (const ScatterPoint& point : scatter_.points)
        look_.colours.push_back(checkpoints ? of_source[point.source]
                                            : colour_at(map, static_cast<float>(point.place.layer) / last));
}

void ScatterPanel::draw_colour_menu(Frame& frame, float& right) const {
    if (scatter_.sources.size() < 2) return;
    bool& checkpoints = frame.view.spectra.by_checkpoint;
    const char* shown = checkpoints ? "by checkpoint" : "by layer";
    place_right(right, menu_width(frame.theme, shown), frame.px(8));
    if (!begin_menu(frame.theme, "##colours", shown, "What the colours of the dots say")) return;
    if (menu_choice(frame.theme, "by layer", !checkpoints)) checkpoints = false;
    if (menu_choice(frame.theme, "by checkpoint", checkpoints)) checkpoints = true;
    ImGui::EndPopup();
}

void ScatterPanel::draw_axis_row(Frame& frame, const char* id, const MetricInfo* metric, std::string& chosen,
                                 bool& logarithmic) {
    const Theme& theme = frame.theme;
    const bool up = id[2] == 'y';
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    const std::string scale = logarithmic ? "log" : "linear";
    const float scale_width = menu_width(theme, "linear"), gap = theme.px(6);
    const std::string words = axis_words(*metric, frame.view.k);
    const float arrow = theme.px(18);
    ImGui::AlignTextToFramePadding();
    secondary_text(theme, up ? "↑" : "→");
    ImGui::SameLine(0, 0);
    const float from = ImGui::GetCursorPosX() + arrow - ImGui::GetItemRectSize().x;
    ImGui::SetCursorPosX(from);
    const float width = std::min(menu_width(theme, words), right - from - scale_width - gap);
    if (begin_menu(theme, id, words, metric->help, width)) {
        metric_choices(theme, chosen);
        ImGui::EndPopup();
    }
    ImGui::SameLine(0, gap);
    if (begin_menu(theme, up ? "##yscale" : "##xscale", scale, "Scale of this axis", scale_width)) {
        if (menu_choice(theme, "linear", !logarithmic)) logarithmic = false;
        if (menu_choice(theme, "log", logarithmic, "Heads whose figure is 0 or less are left out")) logarithmic = true;
        ImGui::EndPopup();
    }
}

void ScatterPanel::draw_nothing(Frame& frame) const {
    const float below = ImGui::GetFrameHeightWithSpacing();
    ImGui::BeginChild("##nothing", {0, -below}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    if (scatter_.not_positive + scatter_.without_value > 0) {
        empty_panel(frame.theme,
                    "No head has both figures: " + grouped(static_cast<std::int64_t>(scatter_.without_value)) +
                        " have no value, " + grouped(static_cast<std::int64_t>(scatter_.not_positive)) +
                        " are not above 0, as a logarithmic axis needs.");
    } else {
        const ScatterChoice& choice = from_.choice;
        const bool no_x =
            scatter_of(frame.snapshot, frame.run, {choice.x, choice.x, choice.k, choice.gate}).points.empty();
        draw_missing_metric(frame, no_x ? *scatter_.x : *scatter_.y, "The scatter of all heads");
    }
    ImGui::EndChild();
    draw_x_row(frame);
}

void ScatterPanel::draw_plot(Frame& frame) {
    const float line = frame.theme.small_size() + frame.px(6);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float below = ImGui::GetFrameHeightWithSpacing() + legend_height(frame, room.x) + 2 * line;
    plot_.draw(frame, {room.x, std::max(room.y - below, frame.px(60))}, scatter_, chart_, look_, elsewhere_);
    draw_x_row(frame);
    draw_legend(frame);
    draw_words(frame);
    const bool free = !ImGui::GetIO().WantTextInput && !ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
    if (free && ScatterPlot::brushed(frame, elsewhere_) && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
        frame.view.also.clear();
        elsewhere_.clear();
    }
}

float ScatterPanel::legend_height(const Frame& frame, float width) const {
    if (!by_checkpoint(frame)) return frame.theme.small_size() + frame.px(6);
    float x = 0, rows = 1;
    for (const ScatterSource& source : scatter_.sources) {
        const float entry = legend_width(frame.theme, source.name);
        if (x > 0 && x + entry > width) x = 0, ++rows;
        x += entry + frame.px(14);
    }
    return rows * (ImGui::GetFrameHeight() + frame.px(2));
}

void ScatterPanel::draw_legend(const Frame& frame) const {
    const Theme& theme = frame.theme;
    if (!by_checkpoint(frame)) {
        colour_bar_row(theme, colour_map(frame.view.colours), "layer 0",
                       std::to_string(std::max<std::int64_t>(scatter_.layers - 1, 0)));
        return;
    }
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(2)));
    for (std::size_t source = 0; source < scatter_.sources.size(); ++source) {
        const std::string& name = scatter_.sources[source].name;
        if (source > 0) ImGui::SameLine(0, theme.px(14));
        if (source > 0 && ImGui::GetCursorPosX() + legend_width(theme, name) > right) ImGui::NewLine();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        legend(theme, ImVec4(), name);
        scatter_mark(ImGui::GetWindowDrawList(), {at.x + theme.px(5), at.y + ImGui::GetFrameHeight() / 2}, theme.px(4),
                     look_.shapes[source], pack(source_colour(theme, scatter_.sources[source])));
    }
    ImGui::PopStyleVar();
}

void ScatterPanel::draw_words(const Frame& frame) const {
    const Theme& theme = frame.theme;
    const auto number = [](double value) { return std::isfinite(value) ? formatted("%+.2f", value) : "–"; };
    std::string all = "Spearman " + number(scatter_.spearman) + "  ·  Pearson " + number(scatter_.pearson) + "  ·  " +
                      grouped(std::ssize(scatter_.points)) + " heads";
    if (scatter_.without_value > 0) all += "  ·  " + std::to_string(scatter_.without_value) + " without a value";
    if (scatter_.not_positive > 0) all += "  ·  " + std::to_string(scatter_.not_positive) + " not above 0";
    std::string chosen = "Drag over dots to select their heads; with shift, to add";
    if (ScatterPlot::brushed(frame, elsewhere_)) {
        const ScatterMeans means = means_of(scatter_, plot_.selected());
        chosen = grouped(static_cast<std::int64_t>(means.count)) +
                 " selected  ·  means: " + metric_label(*scatter_.x, frame.view.k) + " " +
                 format_metric(*scatter_.x, static_cast<float>(means.x)) + "  ·  " +
                 metric_label(*scatter_.y, frame.view.k) + " " +
                 format_metric(*scatter_.y, static_cast<float>(means.y));
    }
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, all, ImGui::GetContentRegionAvail().x, theme.colours.text);
    fitted_text(theme, chosen, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
    ImGui::PopFont();
}

}  // namespace

std::unique_ptr<Panel> make_scatter_panel(Textures& /*textures*/) {
    return std::make_unique<ScatterPanel>();
}

}  // namespace gatescope
