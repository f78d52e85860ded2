// The list of experiments, and how each stands in this session.
#include <algorithm>

#include "app/window/experiment_actions.h"
#include "app/window/file_fields.h"
#include "app/window/panels/experiment_marks.h"
#include "app/window/panels/panel.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

class ExperimentsPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        if (!restored_) open_last_ones(frame);
        restored_ = true;
        keep_list(frame);
        begin_panel(frame.theme, box,
                    {"Experiments", "Experiments", "", [&](float& right) { draw_open(frame, right); }});
        ImGui::BeginChild("##list", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
        for (const ExperimentInfo& info : experiments()) draw_row(frame, info);
        ImGui::Dummy({0, 0});
        ImGui::EndChild();
        end_panel();
    }

  private:
    static void open_last_ones(const Frame& frame);
    void keep_list(const Frame& frame);
    static void draw_open(Frame& frame, float& right);
    static void draw_row(Frame& frame, const ExperimentInfo& info);

    std::vector<SharedExperiment> list_;
    bool restored_ = false;
};

// Those that were on the list when the program ended, however it did: they can be gone on with.
void ExperimentsPanel::open_last_ones(const Frame& frame) {
    for (const std::string& path : frame.view.experiments.listed)
        if (path_exists(path) && experiment_in(frame.snapshot.experiments, path) == nullptr)
            frame.send(OpenExperiment{path});
}

void ExperimentsPanel::keep_list(const Frame& frame) {
    // An empty list at the start says nothing yet.
    if (list_ == frame.snapshot.experiments) return;
    list_ = frame.snapshot.experiments;
    frame.view.experiments.listed.clear();
    for (const SharedExperiment& each : list_) frame.view.experiments.listed.push_back(each->folder);
}

void ExperimentsPanel::draw_open(Frame& frame, float& right) {
    place_right(right, menu_width(frame.theme, "Open"), frame.px(8));
    if (!begin_menu(frame.theme, "##open", "Open", "Shows an experiment of another session")) return;
    if (menu_choice(frame.theme, "A folder…", false, "Shows what is there; it can be gone on with"))
        choose_experiment_folder(frame);
    if (menu_choice(frame.theme, "A capture…", false, "Shows its table and figure")) choose_experiment_capture(frame);
    ImGui::EndPopup();
}

void draw_state(const Frame& frame, const ExperimentView* shown, float width) {
    const Theme& theme = frame.theme;
    const bool decided = shown != nullptr && shown->status == "done";
    const Verdict verdict = decided ? shown->result->summary.verdict : Verdict::kOpen;
    if (verdict != Verdict::kOpen) {
        draw_verdict_mark(theme, ImGui::GetCursorScreenPos(), ImGui::GetTextLineHeight(), verdict);
        const float mark = verdict_mark_width(theme) + theme.px(6);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + mark);
        width -= mark;
    }
    fitted_text(theme, state_words(shown), width, state_colour(theme, shown));
}

void ExperimentsPanel::draw_row(Frame& frame, const ExperimentInfo& info) {
    const Theme& theme = frame.theme;
    ExperimentsView& view = frame.view.experiments;
    const SharedExperiment shown = shown_experiment(frame.snapshot.experiments, view, info.id);
    const bool runs = shown != nullptr && shown->status == "running";
    const float text = ImGui::GetTextLineHeight(), gap = theme.px(2);
    ImGui::PushFont(nullptr, theme.small_size());
    const float small = ImGui::GetTextLineHeight();
    ImGui::PopFont();
    const float height = text + 2 * (small + gap) + theme.px(16);
    const ImVec2 from = ImGui::GetCursorPos();
    if (ImGui::Selectable(("##" + info.id).c_str(), page_of(view).id == info.id, 0, {0, height}))
        view.experiment = info.id;
    tooltip(theme, info.question);
    const ImVec2 after = ImGui::GetCursorPos();
    const float left = from.x + theme.px(6), width = ImGui::GetContentRegionAvail().x - theme.px(12);
    ImGui::SetCursorPos({left, from.y + theme.px(5)});
    fitted_text(theme, info.label, width, theme.colours.text);
    ImGui::PushFont(nullptr, theme.small_size());
    ImGui::SetCursorPos({left, from.y + theme.px(5) + text + gap});
    fitted_text(theme, info.source, width, theme.colours.secondary);
    ImGui::SetCursorPos({left, from.y + theme.px(5) + text + small + 2 * gap});
    draw_state(frame, shown.get(), width);
    ImGui::PopFont();
    if (runs) {
        ImGui::SetCursorPos({left, std::round(from.y + height - theme.px(4) - text / 2)});
        progress_bar(theme, part_done(*shown), width, theme.px(3));
    }
    ImGui::SetCursorPos(after);
}

}  // namespace

std::unique_ptr<Panel> make_experiments_panel(Textures& /*textures*/) {
    return std::make_unique<ExperimentsPanel>();
}

}  // namespace gatescope
