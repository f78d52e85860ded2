// Arms against each other, and the slider through a run's checkpoints: every view of the model follows it.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/window/panels/panel.h"
#include "app/window/run_charts.h"
#include "app/window/training_actions.h"
#include "app/window/training_words.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/step_slider.h"
#include "app/window/widgets/table_text.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Column {
    const char* name;
    const char* help;
    const char* widest;  // what it must hold
    int drop;            // the largest goes first where there is no room; 0: never
};
constexpr std::array<Column, 6> kColumns = {
    {{"arm", "Each has several runs where there are several seeds", "soft-learned", 0},
     {"perplexity", "Of held-out windows under the gate: mean ± standard deviation over seeds, as reported last",
      "62.11 ± 0.16", 0},
     {"dense", "The same windows without the gate", "103.14", 2},
     {"from the first", "Nats a token above the first arm, seed by seed at the same step: mean ± standard deviation",
      "+0.052 ± 0.001", 0},
     {"F1", "Of the gate's keys with the oracle's", "71.0 %", 1},
     {"step", "Least and most over seeds", "1,310–2,000", 3}}};

struct Row {
    ImVec4 colour;
    std::string label;
    std::array<std::string, 5> cells;
};

std::string spread_text(const SeedSpread& spread, const char* format) {
    if (!std::isfinite(spread.mean)) return "–";
    std::string out = formatted(format, spread.mean);
    if (std::isfinite(spread.deviation)) {
        const std::string wide = formatted(format, spread.deviation);
        out += " ± " + (wide.starts_with('+') ? wide.substr(1) : wide);
    }
    return out;
}

// How perplexities of that size are written.
const char* digits_of(double perplexity) {
    return perplexity >= 1000 ? "%.0f" : perplexity >= 100 ? "%.1f" : "%.2f";
}

Row row_of(const std::vector<RunArm>& arms, const RunArm& arm, const Theme& theme) {
    const RunArm& first = first_of_group(arms, arm);
    const ArmFigures figures = arm_figures(arm, first);
    Row out;
    out.colour = arm_colour(theme, arm);
    out.label = arm.label;
    out.cells = {spread_text(figures.perplexity, digits_of(figures.perplexity.mean)),
                 std::isfinite(figures.dense.mean) ? formatted(digits_of(figures.dense.mean), figures.dense.mean) : "–",
                 &arm == &first ? "–" : spread_text(figures.above_first, "%+.3f"),
                 std::isfinite(figures.f1.mean) ? formatted("%.1f %%", 100 * figures.f1.mean) : "–",
                 figures.least_step == figures.most_step
                     ? grouped(figures.most_step)
                     : grouped(figures.least_step) + "–" + grouped(figures.most_step)};
    return out;
}

class ComparePanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        go_on_playing(frame);
        begin_panel(frame.theme, box, {"Compare", "Compare", "arms, by their seeds", {}});
        const SharedRun run = selected_run(frame);
        if (run == nullptr) {
            empty_panel(frame.theme,
                        "Arms will be compared here, seed by seed, and a slider will go through the checkpoints of a "
                        "run: heads and attention follow it.");
        } else {
            const float slider = slider_height(frame);
            ImGui::BeginChild("##table", {0, -slider}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
            draw_table(frame);
            ImGui::EndChild();
            draw_scrubber(frame, *run);
        }
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    void forget_answered(const Frame& frame);
    void draw_table(const Frame& frame) const;
    static void draw_row(const Frame& frame, const Row& row, const std::vector<std::size_t>& columns);
    static float slider_height(const Frame& frame);
    static void draw_scrubber(Frame& frame, const RunView& run);

    std::vector<SharedRun> runs_;
    std::vector<Row> rows_;
    ThemeKind theme_ = ThemeKind::kDark;
    std::int64_t asked_ = -1;  // the step asked for last, as of the frame before
    std::uint64_t said_ = 0;   // the newest message when it was asked for
};

void ComparePanel::follow(const Frame& frame) {
    forget_answered(frame);
    if (runs_ == frame.snapshot.runs && theme_ == frame.theme.kind) return;
    runs_ = frame.snapshot.runs, theme_ = frame.theme.kind;
    rows_.clear();
    const std::vector<RunArm> arms = run_arms(runs_);
    for (const RunArm& arm : arms) rows_.push_back(row_of(arms, arm, frame.theme));
}

// What was asked for last is there, or could not be opened.
void ComparePanel::forget_answered(const Frame& frame) {
    TrainingView& view = frame.view.training;
    const Snapshot& snapshot = frame.snapshot;
    const std::uint64_t message = snapshot.messages.empty() ? 0 : snapshot.messages.back().id;
    if (view.asked_step < 0 || view.asked_step != asked_) said_ = message;
    asked_ = view.asked_step;
    if (asked_ < 0) return;
    const bool there = snapshot.shown_run == view.asked_run && snapshot.shown_step == asked_;
    const bool failed = message != said_ && snapshot.messages.back().severity == Severity::kError;
    if (!there && !failed) return;
    view.asked_run.clear(), view.asked_step = -1;
    if (failed) view.playing = false;
}

// Which columns there is room for.
std::vector<std::size_t> columns_in(const Theme& theme, float room) {
    const float gap = 2 * ImGui::GetStyle().CellPadding.x;
    const auto width = [&](const Column& column) { return mono_width(theme, column.widest) + gap; };
    for (int dropped = 4;; --dropped) {
        std::vector<std::size_t> out;
        float needed = 0;
        for (std::size_t at = 0; at < kColumns.size(); ++at)
            if (kColumns[at].drop < dropped) out.push_back(at), needed += width(kColumns[at]);
        if (needed <= room || dropped == 1) return out;
    }
}

void ComparePanel::draw_table(const Frame& frame) const {
    const Theme& theme = frame.theme;
    constexpr ImGuiTableFlags kFlags =
        ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_NoPadOuterX;
    ImGui::PushFont(nullptr, theme.small_size());
    const std::vector<std::size_t> columns = columns_in(theme, ImGui::GetContentRegionAvail().x);
    const std::string id = "##arms" + std::to_string(columns.size());
    if (ImGui::BeginTable(id.c_str(), static_cast<int>(columns.size()), kFlags, ImGui::GetContentRegionAvail())) {
        ImGui::TableSetupScrollFreeze(0, 1);
        for (const std::size_t at : columns)
            ImGui::TableSetupColumn(
                kColumns[at].name, at == 0 ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed,
                at == 0 ? 1
                        : std::max(mono_width(theme, kColumns[at].widest), ImGui::CalcTextSize(kColumns[at].name).x));
        ImGui::TableNextRow();
        for (const std::size_t at : columns) title_cell(theme, kColumns[at].name, kColumns[at].help);
        for (const Row& row : rows_) draw_row(frame, row, columns);
        ImGui::EndTable();
    }
    ImGui::PopFont();
}

void ComparePanel::draw_row(const Frame& frame, const Row& row, const std::vector<std::size_t>& columns) {
    const Theme& theme = frame.theme;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float mark = theme.px(10), y = std::round(at.y + (ImGui::GetTextLineHeight() - mark) / 2);
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, y}, {at.x + mark, y + mark}, pack(row.colour), theme.px(2));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + mark + theme.px(6));
    fitted_text(theme, row.label, ImGui::GetContentRegionAvail().x, theme.colours.text);
    for (const std::size_t column : columns) {
        if (column == 0) continue;
        ImGui::TableNextColumn();
        number_text(theme, row.cells[column - 1]);
    }
}

// What is shown, as a sentence.
std::string shown_words(const Frame& frame, const RunView& run) {
    if (run.checkpoints.empty()) return "No checkpoint yet: the first is written as the run starts.";
    const std::int64_t wanted = wanted_step(frame);
    if (wanted < 0) {
        const SharedRun shown = run_of(frame.snapshot.runs, frame.snapshot.shown_run);
        if (shown == nullptr || frame.snapshot.shown_step < 0)
            return "Move the slider: heads and attention will be those of that checkpoint.";
        return "Shown: step " + grouped(frame.snapshot.shown_step) + " of " + run_title(*shown) +
               "; slider: " + run_title(run);
    }
    const bool there = frame.snapshot.shown_run == run.folder && frame.snapshot.shown_step == wanted;
    return (there ? "Shown: step " : "Opening step ") + grouped(wanted) + " of " + grouped(run.plan.steps) + ", " +
           run_title(run);
}

float ComparePanel::slider_height(const Frame& frame) {
    return 2 * ImGui::GetFrameHeightWithSpacing() + frame.px(4);
}

void ComparePanel::draw_scrubber(Frame& frame, const RunView& run) {
    const Theme& theme = frame.theme;
    TrainingView& view = frame.view.training;
    ImGui::BeginDisabled(run.checkpoints.empty());
    if (button(theme, view.playing ? "Pause###play" : "Play###play",
               "Shows one checkpoint after the other (Ctrl+← and Ctrl+→ go by one)", theme.px(64)))
        view.playing = !view.playing;
    ImGui::SameLine(0, theme.px(12));
    std::vector<std::int64_t> notches;
    for (const RunCheckpoint& checkpoint : run.checkpoints) notches.push_back(checkpoint.step);
    std::int64_t step = wanted_step(frame);
    if (step_slider(theme, "##checkpoint", notches, run.plan.steps, ImGui::GetContentRegionAvail().x, step)) {
        view.playing = false;
        show_checkpoint(frame, run, step);
    }
    ImGui::EndDisabled();
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, shown_words(frame, run), ImGui::GetContentRegionAvail().x, theme.colours.secondary);
    ImGui::PopFont();
}

}  // namespace

std::unique_ptr<Panel> make_compare_panel(Textures& /*textures*/) {
    return std::make_unique<ComparePanel>();
}

}  // namespace gatescope
