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
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 6> kColumns = {
    {{"arm", "Seeds in brackets, where there are several"},
     {"perplexity", "Of held-out windows under the gate: mean ± standard deviation over seeds, as reported last"},
     {"dense", "The same windows without the gate"},
     {"from the first", "Nats a token above the first arm, seed by seed at the same step: mean ± standard deviation"},
     {"F1", "Of the gate's keys with the oracle's"},
     {"step", "Least and most over seeds"}}};
constexpr std::array<float, 6> kWeights = {2.2F, 1.9F, 1.3F, 2.1F, 1.1F, 1.5F};

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

const char* digits_of(double perplexity) {
    return perplexity >= 1000 ? "%.0f" : perplexity >= 100 ? "%.1f" : "%.2f";
}

Row row_of(const std::vector<RunArm>& arms, const RunArm& arm, const Theme& theme) {
    const RunArm& first = first_of_group(arms, arm);
    const ArmFigures figures = arm_figures(arm, first);
    Row out;
    out.colour = arm_colour(theme, arm);
    out.label = arm.label + (arm.runs.size() > 1 ? formatted(" (%zu)", arm.runs.size()) : "");
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
    void draw_table(const Frame& frame) const;
    static void draw_row(const Frame& frame, const Row& row);
    static float slider_height(const Frame& frame);
    static void draw_scrubber(Frame& frame, const RunView& run);

    std::vector<SharedRun> runs_;
    std::vector<Row> rows_;
    ThemeKind theme_ = ThemeKind::kDark;
};

void ComparePanel::follow(const Frame& frame) {
    // The run asked for last is there, or another model was opened meanwhile.
    TrainingView& view = frame.view.training;
    if (view.asked_step >= 0 && frame.snapshot.shown_run == view.asked_run &&
        frame.snapshot.shown_step == view.asked_step)
        view.asked_run.clear(), view.asked_step = -1;
    if (runs_ == frame.snapshot.runs && theme_ == frame.theme.kind) return;
    runs_ = frame.snapshot.runs, theme_ = frame.theme.kind;
    rows_.clear();
    const std::vector<RunArm> arms = run_arms(runs_);
    for (const RunArm& arm : arms) rows_.push_back(row_of(arms, arm, frame.theme));
}

void right_text(const Theme& theme, const std::string& text, bool title) {
    const float width = title ? ImGui::CalcTextSize(text.c_str()).x : mono_width(theme, text);
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0F, ImGui::GetContentRegionAvail().x - width));
    if (title)
        coloured_text(theme.colours.secondary, text);
    else
        mono_text(theme, text, theme.colours.text);
}

void ComparePanel::draw_table(const Frame& frame) const {
    const Theme& theme = frame.theme;
    constexpr ImGuiTableFlags kFlags =
        ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_NoPadOuterX;
    ImGui::PushFont(nullptr, theme.small_size());
    if (ImGui::BeginTable("##arms", static_cast<int>(kColumns.size()), kFlags, ImGui::GetContentRegionAvail())) {
        ImGui::TableSetupScrollFreeze(0, 1);
        for (std::size_t column = 0; column < kColumns.size(); ++column)
            ImGui::TableSetupColumn(kColumns[column].first, 0, kWeights[column]);
        ImGui::TableNextRow();
        for (const auto& [name, help] : kColumns) {
            ImGui::TableNextColumn();
            if (ImGui::TableGetColumnIndex() == 0)
                coloured_text(theme.colours.secondary, name);
            else
                right_text(theme, name, true);
            tooltip(theme, help);
        }
        for (const Row& row : rows_) draw_row(frame, row);
        ImGui::EndTable();
    }
    ImGui::PopFont();
}

void ComparePanel::draw_row(const Frame& frame, const Row& row) {
    const Theme& theme = frame.theme;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float mark = theme.px(10), y = std::round(at.y + (ImGui::GetTextLineHeight() - mark) / 2);
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, y}, {at.x + mark, y + mark}, pack(row.colour), theme.px(2));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + mark + theme.px(6));
    fitted_text(theme, row.label, ImGui::GetContentRegionAvail().x, theme.colours.text);
    for (const std::string& cell : row.cells) {
        ImGui::TableNextColumn();
        right_text(theme, cell, false);
    }
}

// What is shown, as a sentence.
std::string shown_words(const Frame& frame, const RunView& run) {
    if (run.checkpoints.empty()) return "No checkpoint yet: the first is written as the run starts.";
    const std::int64_t wanted = wanted_step(frame);
    if (wanted < 0) return "Move the slider: heads and attention will be those of that checkpoint.";
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
