// Training runs as a table: how each stands, what it costs, and what can be done with the selected one.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/window/file_fields.h"
#include "app/window/lab_requests.h"
#include "app/window/panels/panel.h"
#include "app/window/recipe_draft.h"
#include "app/window/run_charts.h"
#include "app/window/training_actions.h"
#include "app/window/training_words.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Column {
    const char* name;
    const char* widest;  // what it must hold; nullptr: as wide as there is room
    bool number;         // right-aligned
    const char* help;
};
constexpr std::array<Column, 8> kColumns = {
    {{"arm", nullptr, false, "A click selects the run; its square shows it in the charts or leaves it out"},
     {"seed", "1000", true, "Of the first values and of the order of windows"},
     {"status", "waiting, next  ", false, "One run trains at a time; the others wait for their turn"},
     {"step", nullptr, false, "Steps done, and of how many"},
     {"perplexity", "1,234.5", true, "Of held-out windows, under the gate, as reported last"},
     {"tokens/s", "123,400", true, "Trained on, lately"},
     {"left", "under 1 min", true, "Until the last step, at that rate"},
     {"spent", "12 min 55 s", true, "Time of training and of reports so far"}}};

struct Row {
    SharedRun run;
    std::string seed, status, steps, perplexity, rate, left, spent, about;
    ImVec4 colour;
};

ImVec4 status_colour(const Theme& theme, const RunView& run) {
    if (run.status == "failed") return theme.colours.error;
    if (run.status == "paused" || run.status == "stopped") return theme.colours.warning;
    if (run.status == "running") return theme.colours.accent;
    return run.status == "done" ? theme.colours.text : theme.colours.secondary;
}

class TrainingPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        if (!restored_) open_last_runs(frame);
        restored_ = true;
        follow(frame);
        begin_panel(frame.theme, box, {"Training", "Training", queue_, [&](float& right) { draw_open(frame, right); }});
        if (rows_.empty()) {
            draw_empty(frame);
        } else {
            const SharedRun run = selected_run(frame);
            ImGui::BeginChild("##table", {0, -foot_height(frame, *run)}, ImGuiChildFlags_None,
                              ImGuiWindowFlags_NoBackground);
            draw_table(frame, *run);
            ImGui::EndChild();
            draw_foot(frame, *run);
        }
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    static void open_last_runs(const Frame& frame);
    static void draw_open(Frame& frame, float& right);
    static void draw_empty(Frame& frame);
    void draw_table(Frame& frame, const RunView& selected) const;
    static void draw_row(Frame& frame, const Row& row, bool selected);
    static void draw_square(Frame& frame, const Row& row, const ImVec2& corner, float side);
    static float foot_height(const Frame& frame, const RunView& run);
    static void draw_foot(Frame& frame, const RunView& run);

    std::vector<SharedRun> runs_;
    std::vector<Row> rows_;
    std::string queue_;
    ThemeKind theme_ = ThemeKind::kDark;
    bool once_ = false, restored_ = false;
};

Row row_of(const std::vector<SharedRun>& runs, const SharedRun& run, const RunArm& arm, const Theme& theme) {
    Row out;
    out.run = run, out.colour = arm_colour(theme, arm);
    out.seed = std::to_string(run->plan.seed);
    out.status = status_text(runs, *run);
    out.steps = grouped(run->step) + " of " + grouped(run->plan.steps);
    out.perplexity = run_value_text(last_of(*run, "perplexity"), run_figure("perplexity"));
    const bool runs_now = run->status == "running";
    out.rate = runs_now && run->tokens_per_second > 0
                   ? grouped(static_cast<std::int64_t>(std::llround(run->tokens_per_second)))
                   : "–";
    out.left = runs_now && run->seconds_left >= 0 ? duration_text(run->seconds_left) : "–";
    out.spent = run->seconds > 0 ? spent_text(run->seconds) : "–";
    out.about = run->plan.name + ", under " + (run->plan.gate.empty() ? "dense" : run->plan.gate) + "\n" + run->folder +
                "\n" + cost_text(*run);
    return out;
}

// Those that were in the list when the program ended, however it did: they can be resumed.
void TrainingPanel::open_last_runs(const Frame& frame) {
    for (const std::string& folder : frame.view.training.listed)
        if (path_exists(folder) && run_of(frame.snapshot.runs, folder) == nullptr) frame.send(OpenRuns{folder});
}

void TrainingPanel::follow(const Frame& frame) {
    if (once_ && runs_ == frame.snapshot.runs && theme_ == frame.theme.kind) return;
    // An empty list at the start says nothing yet.
    if (!frame.snapshot.runs.empty() || !runs_.empty()) {
        frame.view.training.listed.clear();
        for (const SharedRun& run : frame.snapshot.runs) frame.view.training.listed.push_back(run->folder);
    }
    once_ = true;
    runs_ = frame.snapshot.runs, theme_ = frame.theme.kind;
    queue_ = queue_words(runs_);
    rows_.clear();
    for (const RunArm& arm : run_arms(runs_))
        for (const SharedRun& run : arm.runs) rows_.push_back(row_of(runs_, run, arm, frame.theme));
}

void TrainingPanel::draw_open(Frame& frame, float& right) {
    const char* label = "Open a run folder…";
    place_right(right, ImGui::CalcTextSize(label).x + 2 * ImGui::GetStyle().FramePadding.x, frame.px(8));
    if (button(frame.theme, label, "Shows runs of another session, without training")) choose_runs(frame);
}

void TrainingPanel::draw_empty(Frame& frame) {
    RecipeDraft draft = frame.view.training.recipe;
    fill_draft(draft);
    const CheckedRecipe checked = check_recipe(frame.snapshot, draft);
    const std::string name = draft.name.empty() ? "the recipe" : draft.name;
    if (empty_panel(frame.theme,
                    "Runs will be listed here with their perplexity, rate and cost. They train on this machine, one "
                    "after the other, while everything else goes on.",
                    checked.why_not.empty() ? "Start " + name : ""))
        start_runs(frame);
}

void cell_text(const Theme& theme, const std::string& text, bool number, const ImVec4& colour) {
    const float room = ImGui::GetContentRegionAvail().x;
    if (!number) {
        fitted_text(theme, text, room, colour);
        return;
    }
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0F, room - mono_width(theme, text)));
    mono_text(theme, text, colour);
}

void TrainingPanel::draw_table(Frame& frame, const RunView& selected) const {
    const Theme& theme = frame.theme;
    constexpr ImGuiTableFlags kFlags =
        ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_NoPadOuterX;
    ImGui::PushFont(nullptr, theme.small_size());
    if (ImGui::BeginTable("##runs", static_cast<int>(kColumns.size()), kFlags, ImGui::GetContentRegionAvail())) {
        ImGui::TableSetupScrollFreeze(0, 1);
        for (const Column& column : kColumns)
            if (column.widest == nullptr)
                ImGui::TableSetupColumn(column.name, ImGuiTableColumnFlags_WidthStretch, 1);
            else
                ImGui::TableSetupColumn(
                    column.name, ImGuiTableColumnFlags_WidthFixed,
                    std::max(column.number ? mono_width(theme, column.widest) : ImGui::CalcTextSize(column.widest).x,
                             ImGui::CalcTextSize(column.name).x));
        ImGui::TableNextRow();
        for (const Column& column : kColumns) {
            ImGui::TableNextColumn();
            const float width = ImGui::CalcTextSize(column.name).x;
            if (column.number)
                ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0F, ImGui::GetContentRegionAvail().x - width));
            coloured_text(theme.colours.secondary, column.name);
            tooltip(theme, column.help);
        }
        for (const Row& row : rows_) draw_row(frame, row, row.run->folder == selected.folder);
        ImGui::EndTable();
    }
    ImGui::PopFont();
}

// A click on it shows the run in the charts or leaves it out.
void TrainingPanel::draw_square(Frame& frame, const Row& row, const ImVec2& corner, float side) {
    const Theme& theme = frame.theme;
    std::set<std::string>& hidden = frame.view.training.hidden;
    ImGui::SetCursorScreenPos(corner);
    if (ImGui::InvisibleButton("##shown", {side, side}) && hidden.erase(row.run->folder) == 0)
        hidden.insert(row.run->folder);
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const bool shown = !hidden.contains(row.run->folder);
    tooltip(theme, shown ? "In the charts; a click leaves it out" : "Not in the charts; a click shows it");
    const float inset = theme.px(2);
    const ImVec2 from(corner.x + inset, corner.y + inset), to(corner.x + side - inset, corner.y + side - inset);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    if (shown)
        draw->AddRectFilled(from, to, pack(row.colour), theme.px(2));
    else
        draw->AddRect(from, to, pack(row.colour), theme.px(2), 1.5F);
}

// A bar before the words, while there is room for both.
void draw_steps(const Theme& theme, const Row& row) {
    const RunView& run = *row.run;
    const float words = ImGui::CalcTextSize(row.steps.c_str()).x, gap = theme.px(8);
    const float bar = std::min(theme.px(72), ImGui::GetContentRegionAvail().x - words - gap);
    const double whole = static_cast<double>(std::max<std::int64_t>(1, run.plan.steps));
    if (bar >= theme.px(20)) {
        progress_bar(theme, static_cast<float>(static_cast<double>(run.step) / whole), bar, theme.px(4));
        ImGui::SameLine(0, gap);
    }
    fitted_text(theme, row.steps, ImGui::GetContentRegionAvail().x, theme.colours.text);
}

void TrainingPanel::draw_row(Frame& frame, const Row& row, bool selected) {
    const Theme& theme = frame.theme;
    const RunView& run = *row.run;
    ImGui::PushID(run.folder.c_str());
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const ImVec2 from = ImGui::GetCursorPos(), at = ImGui::GetCursorScreenPos();
    if (ImGui::Selectable("##row", selected, ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowOverlap))
        frame.view.training.run = run.folder;
    tooltip(theme, row.about);
    const float height = ImGui::GetItemRectSize().y, side = theme.px(14);
    draw_square(frame, row, {at.x, std::round(ImGui::GetItemRectMin().y + (height - side) / 2)}, side);
    ImGui::SetCursorPos({from.x + side + theme.px(4), from.y});
    const std::string& arm = run.plan.arm.empty() ? run.plan.recipe.name : run.plan.arm;
    fitted_text(theme, arm, ImGui::GetContentRegionAvail().x, theme.colours.text);
    ImGui::TableNextColumn();
    cell_text(theme, row.seed, true, theme.colours.text);
    ImGui::TableNextColumn();
    cell_text(theme, row.status, false, status_colour(theme, run));
    ImGui::TableNextColumn();
    draw_steps(theme, row);
    for (const std::string* cell : {&row.perplexity, &row.rate, &row.left, &row.spent}) {
        ImGui::TableNextColumn();
        cell_text(theme, *cell, true, theme.colours.text);
    }
    ImGui::PopID();
}

// What the run has to say: why it stands still, and warnings.
std::vector<std::pair<std::string, bool>> said(const RunView& run) {
    std::vector<std::pair<std::string, bool>> out;
    if (!run.message.empty()) out.emplace_back(run.message, run.status == "failed");
    for (const std::string& warning : run.warnings) out.emplace_back(warning, false);
    return out;
}

float TrainingPanel::foot_height(const Frame& frame, const RunView& run) {
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    float out = ImGui::GetFrameHeightWithSpacing() + spacing;
    for (const auto& [line, failed] : said(run)) out += small_text_height(frame.theme, line) + spacing;
    return std::min(out, ImGui::GetContentRegionAvail().y * 0.6F);
}

void TrainingPanel::draw_foot(Frame& frame, const RunView& run) {
    const Theme& theme = frame.theme;
    ImGui::BeginChild("##foot", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    for (const auto& [line, failed] : said(run))
        small_text(theme, line, failed ? theme.colours.error : theme.colours.warning);
    const float width = theme.px(76);
    const bool resumes = can_resume(run);
    ImGui::BeginDisabled(!resumes && !is_active(run));
    if (button(theme, resumes ? "Resume###pause" : "Pause###pause",
               resumes ? "Goes on from its last checkpoint" : "Between two steps; its memory is kept", width))
        pause_or_resume(frame, run);
    ImGui::EndDisabled();
    ImGui::SameLine();
    ImGui::BeginDisabled(!can_stop(run));
    if (button(theme, "Stop", "With a checkpoint, from which it can be resumed; its memory is let go", width))
        frame.send(StopRun{run.folder});
    ImGui::EndDisabled();
    ImGui::SameLine();
    if (button(theme, "Remove", "Stops it and takes it off the list; its folder stays and can be opened again", width))
        close_run(frame, run);
    ImGui::SameLine(0, theme.px(12));
    ImGui::AlignTextToFramePadding();
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, run_title(run) + ": " + cost_text(run), ImGui::GetContentRegionAvail().x,
                theme.colours.secondary);
    ImGui::PopFont();
    ImGui::EndChild();
}

}  // namespace

std::unique_ptr<Panel> make_training_panel(Textures& /*textures*/) {
    return std::make_unique<TrainingPanel>();
}

}  // namespace gatescope
