// Curves of training runs by step: one figure large, or the main ones small, for every arm and seed, or by layer.
#include <algorithm>
#include <cmath>

#include "app/window/panels/panel.h"
#include "app/window/recipe_draft.h"
#include "app/window/run_charts.h"
#include "app/window/training_actions.h"
#include "app/window/training_words.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/segments.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

constexpr const char* kOverview = "overview";
constexpr std::size_t kMostInTip = 14;

struct Drawn {
    const RunFigure* figure = nullptr;
    Chart chart;
};

class CurvesPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        begin_panel(frame.theme, box, {"Curves", "Curves", about_, [&](float& right) { draw_header(frame, right); }});
        if (charts_.empty())
            draw_empty(frame);
        else
            draw_charts(frame);
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    void add_chart(const Frame& frame, const RunFigure& figure, const RunArm* layers_of, int most_ticks);
    void draw_header(Frame& frame, float& right);
    void draw_menu(Frame& frame, float& right) const;
    void draw_layers(Frame& frame, float& right) const;
    void draw_arms(Frame& frame, float& right) const;
    void draw_layer_legend(const Frame& frame, float& right) const;
    void draw_empty(Frame& frame) const;
    void draw_charts(Frame& frame);
    void draw_one(Frame& frame, const Drawn& drawn, const ImVec2& size, bool last) const;
    static void react(Frame& frame, double step);
    bool overview(const Frame& frame) const { return frame.view.training.figure == kOverview; }

    struct Seen {
        std::vector<SharedRun> runs;
        std::set<std::string> hidden;
        std::string figure, run, shown_run;
        std::int64_t shown_step = -1;
        bool by_layer = false;
        ThemeKind theme = ThemeKind::kDark;
        bool operator==(const Seen&) const = default;
    } seen_;
    bool once_ = false, layers_ = false;
    std::vector<RunArm> arms_;
    std::vector<Drawn> charts_;
    std::string about_;
};

const RunArm* arm_of(const std::vector<RunArm>& arms, const SharedRun& run) {
    for (const RunArm& arm : arms)
        if (std::find(arm.runs.begin(), arm.runs.end(), run) != arm.runs.end()) return &arm;
    return nullptr;
}

// Works out anew only what changed.
void CurvesPanel::follow(const Frame& frame) {
    const TrainingView& view = frame.view.training;
    const Snapshot& snapshot = frame.snapshot;
    Seen now{snapshot.runs,      view.hidden,         view.figure,   view.run,
             snapshot.shown_run, snapshot.shown_step, view.by_layer, frame.theme.kind};
    if (once_ && now == seen_) return;
    once_ = true;
    seen_ = std::move(now);
    arms_ = run_arms(snapshot.runs);
    charts_.clear();
    layers_ = false;
    about_ = "by step; a click shows the model of the nearest checkpoint";
    if (overview(frame)) {
        for (const RunFigure& figure : run_figures())
            if (figure.overview && has_figure(arms_, figure)) add_chart(frame, figure, nullptr, 4);
        return;
    }
    const RunFigure& figure = run_figure(view.figure);
    const SharedRun run = selected_run(frame);
    const RunArm* arm = run == nullptr ? nullptr : arm_of(arms_, run);
    layers_ = figure.by_layer && view.by_layer && arm != nullptr;
    about_ = figure.help + (layers_ ? "; " + arm->label : "");
    add_chart(frame, figure, layers_ ? arm : nullptr, 7);
    // Nothing to draw yet: the panel says so.
    if (charts_.back().chart.empty()) charts_.clear();
}

void CurvesPanel::add_chart(const Frame& frame, const RunFigure& figure, const RunArm* layers_of, int most_ticks) {
    Drawn out;
    out.figure = &figure;
    const RunChartWish wish{.figure = &figure, .layers_of = layers_of, .hidden = frame.view.training.hidden};
    out.chart = run_chart(arms_, wish, frame.theme, most_ticks);
    const bool large = !overview(frame);
    if (large) out.chart.y.label = figure.unit;
    if (!large) out.chart.x.label.clear();
    const Snapshot& snapshot = frame.snapshot;
    if (snapshot.shown_step >= 0 && run_of(snapshot.runs, snapshot.shown_run) != nullptr)
        out.chart.marks.push_back({large ? "shown: step " + grouped(snapshot.shown_step) : "",
                                   static_cast<double>(snapshot.shown_step), frame.theme.colours.text});
    charts_.push_back(std::move(out));
}

void CurvesPanel::draw_header(Frame& frame, float& right) {
    if (frame.snapshot.runs.empty()) return;
    draw_menu(frame, right);
    draw_layers(frame, right);
    draw_arms(frame, right);
}

void CurvesPanel::draw_menu(Frame& frame, float& right) const {
    std::string& figure = frame.view.training.figure;
    const std::string shown = overview(frame) ? "Overview" : run_figure(figure).label;
    place_right(right, menu_width(frame.theme, shown), frame.px(8));
    if (!begin_menu(frame.theme, "##figure", shown, "What the curves show")) return;
    if (menu_choice(frame.theme, "Overview", overview(frame), "The main figures side by side")) figure = kOverview;
    ImGui::Separator();
    for (const RunFigure& each : run_figures()) {
        const bool there = has_figure(arms_, each);
        ImGui::BeginDisabled(!there);
        if (menu_choice(frame.theme, each.label, each.id == figure, each.help + (there ? "" : "\nNo run reports it")))
            figure = each.id;
        ImGui::EndDisabled();
    }
    ImGui::EndPopup();
}

void CurvesPanel::draw_layers(Frame& frame, float& right) const {
    if (overview(frame) || !run_figure(frame.view.training.figure).by_layer) return;
    static const std::vector<Segment> choices = {{"arms", "Mean of layers, a colour for each arm"},
                                                 {"layers", "A line for each layer of the selected run's arm"}};
    int chosen = frame.view.training.by_layer ? 1 : 0;
    place_right(right, segments_width(frame.theme, choices), frame.px(8));
    if (segments(frame.theme, "##by", choices, chosen)) frame.view.training.by_layer = chosen == 1;
}

void CurvesPanel::draw_layer_legend(const Frame& frame, float& right) const {
    if (charts_.empty()) return;
    const std::vector<ChartLine>& lines = charts_.front().chart.lines;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const float width = legend_width(frame.theme, line->label);
        if (right - width < frame.px(84)) return;
        place_right(right, width, frame.px(14));
        legend(frame.theme, line->colour, line->label);
    }
}

// Switches for whole arms; layers have their own colours.
void CurvesPanel::draw_arms(Frame& frame, float& right) const {
    if (layers_) {
        draw_layer_legend(frame, right);
        return;
    }
    std::set<std::string>& hidden = frame.view.training.hidden;
    for (auto arm = arms_.rbegin(); arm != arms_.rend(); ++arm) {
        const float width = legend_width(frame.theme, arm->label);
        if (right - width < frame.px(84)) return;
        const bool on = std::any_of(arm->runs.begin(), arm->runs.end(),
                                    [&](const SharedRun& run) { return !hidden.contains(run->folder); });
        place_right(right, width, frame.px(14));
        ImGui::PushID(arm->key.c_str());
        const bool pressed = legend_switch(frame.theme, arm_colour(frame.theme, *arm), arm->label, on,
                                           "Thick: mean of its seeds; a click leaves the arm out or shows it");
        ImGui::PopID();
        if (!pressed) continue;
        for (const SharedRun& run : arm->runs)
            if (on)
                hidden.insert(run->folder);
            else
                hidden.erase(run->folder);
    }
}

void CurvesPanel::draw_empty(Frame& frame) const {
    if (!frame.snapshot.runs.empty()) {
        const bool all = std::all_of(frame.snapshot.runs.begin(), frame.snapshot.runs.end(), [&](const SharedRun& run) {
            return frame.view.training.hidden.contains(run->folder);
        });
        if (empty_panel(frame.theme,
                        all ? "All runs are left out of the charts."
                            : "The first point will be here with the first report of a run.",
                        all ? "Show all" : ""))
            frame.view.training.hidden.clear();
        return;
    }
    RecipeDraft draft = frame.view.training.recipe;
    fill_draft(draft);
    const bool can_start = check_recipe(frame.snapshot, draft).why_not.empty();
    if (empty_panel(frame.theme,
                    "Loss, held-out perplexity, gradients, agreement with the oracle and concentration will be drawn "
                    "here as a model trains, a colour for each arm.",
                    can_start ? "Start the runs" : ""))
        start_runs(frame);
}

// A value of a line; those on the floor of a logarithmic axis are 0.
std::string value_text(const Drawn& drawn, double value) {
    const ChartAxis& axis = drawn.chart.y;
    const bool floored = axis.logarithmic && axis.text && !axis.ticks.empty() && axis.text(axis.ticks.front()) == "0";
    return floored && value <= axis.ticks.front() ? "0" : run_value_text(value, *drawn.figure);
}

// The mean's newest value of each arm, in its colour, as far as there is room.
void draw_heading(const Frame& frame, const Drawn& drawn, float width) {
    const Theme& theme = frame.theme;
    const float from = ImGui::GetCursorPosX();
    show_text(drawn.figure->label);
    tooltip(theme, drawn.figure->help);
    const float left = from + ImGui::GetItemRectSize().x + theme.px(12);
    float right = from + width;
    for (auto line = drawn.chart.lines.rbegin(); line != drawn.chart.lines.rend(); ++line) {
        if (line->weight < 2 || line->y.empty()) continue;
        const std::string value = value_text(drawn, line->y.back());
        const float wide = mono_width(theme, value);
        if (right - wide < left) return;
        // Not place_right(): that counts from the start of a group.
        ImGui::SameLine();
        ImGui::SetCursorPosX(right - wide);
        mono_text(theme, value, line->colour);
        right -= wide + theme.px(12);
    }
}

void draw_tip(const Frame& frame, const Drawn& drawn, double step) {
    const Theme& theme = frame.theme;
    if (!ImGui::BeginTooltip()) return;
    secondary_text(theme, "step " + grouped(static_cast<std::int64_t>(step)));
    // Means first; then seeds while there are few.
    std::size_t rows = 0;
    for (const bool means : {true, false})
        for (const ChartLine& line : drawn.chart.lines) {
            const auto at = std::find(line.x.begin(), line.x.end(), step);
            if ((line.weight >= 2) != means || at == line.x.end() || rows++ >= kMostInTip) continue;
            const double value = line.y[static_cast<std::size_t>(at - line.x.begin())];
            mono_text(theme, formatted("%10s  ", value_text(drawn, value).c_str()) + line.label, line.colour);
        }
    ImGui::EndTooltip();
}

// A click goes to the selected run's nearest checkpoint.
void CurvesPanel::react(Frame& frame, double step) {
    const SharedRun run = selected_run(frame);
    if (run == nullptr || run->checkpoints.empty()) return;
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) show_checkpoint(frame, *run, nearest_checkpoint(*run, step));
}

void CurvesPanel::draw_one(Frame& frame, const Drawn& drawn, const ImVec2& size, bool last) const {
    ImGui::BeginGroup();
    float room = size.y;
    if (overview(frame)) {
        draw_heading(frame, drawn, size.x);
        room -= ImGui::GetTextLineHeightWithSpacing();
    }
    const auto draw = [&](const Chart& chart) {
        return draw_chart(frame.theme, ("##" + drawn.figure->id).c_str(), {size.x, room}, chart,
                          ChartHover::kNearestColumn);
    };
    Chart foot;
    const bool titled = last && drawn.chart.x.label.empty();
    if (titled) foot = drawn.chart, foot.x.label = "step";
    if (const auto hit = draw(titled ? foot : drawn.chart)) {
        const double step = drawn.chart.lines[hit->line].x[hit->point];
        draw_tip(frame, drawn, step);
        react(frame, step);
    }
    ImGui::EndGroup();
}

void CurvesPanel::draw_charts(Frame& frame) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    if (!overview(frame)) {
        draw_one(frame, charts_.front(), room, true);
        return;
    }
    // As many as there is room for, the first ones first.
    const std::size_t most_columns = room.x > frame.px(840) ? 3 : room.x > frame.px(420) ? 2 : 1;
    const std::size_t most_rows = room.y > frame.px(640) ? 3 : room.y > frame.px(280) ? 2 : 1;
    const std::size_t shown = std::min(charts_.size(), most_columns * most_rows);
    const std::size_t columns = std::min(most_columns, shown), rows = (shown + columns - 1) / columns;
    const float gap = frame.px(12);
    const ImVec2 size(std::floor((room.x - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns)),
                      std::floor((room.y - frame.px(6) * static_cast<float>(rows - 1)) / static_cast<float>(rows)));
    // By columns, so that the axes of each have the same left end.
    for (std::size_t column = 0; column < columns; ++column) {
        if (column > 0) ImGui::SameLine(0, gap);
        ImGui::BeginGroup();
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(8), frame.px(6)));
        if (ImPlot::BeginAlignedPlots(("##column" + std::to_string(column)).c_str(), true)) {
            for (std::size_t row = 0; row < rows; ++row) {
                const std::size_t at = row * columns + column;
                if (at < shown) draw_one(frame, charts_[at], size, row + 1 == rows || at + columns >= shown);
            }
            ImPlot::EndAlignedPlots();
        }
        ImGui::PopStyleVar();
        ImGui::EndGroup();
    }
}

}  // namespace

std::unique_ptr<Panel> make_curves_panel(Textures& /*textures*/) {
    return std::make_unique<CurvesPanel>();
}

}  // namespace gatescope
