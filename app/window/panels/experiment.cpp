// The page of an experiment: what it asks, what trains in it, how it is to be done, how long that takes, and its start.
#include <algorithm>

#include "app/engine/experiments/experiment_command.h"
#include "app/window/experiment_actions.h"
#include "app/window/lab_actions.h"
#include "app/window/panels/experiment_diagram.h"
#include "app/window/panels/experiment_form.h"
#include "app/window/panels/experiment_steps.h"
#include "app/window/panels/panel.h"
#include "app/window/training_words.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

using SharedPlan = std::shared_ptr<const ExperimentPlan>;

class ExperimentPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        const ExperimentInfo& info = page_of(frame.view.experiments);
        follow(frame, info);
        begin_panel(frame.theme, box, {"Experiment", info.label, info.source, {}});
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(8), frame.px(4)));
        // A page of its own for each, which begins at its top.
        ImGui::BeginChild(("##page " + info.id).c_str(), {0, -foot_height(frame)}, ImGuiChildFlags_None,
                          ImGuiWindowFlags_NoBackground);
        draw_words(frame, info);
        draw_plan(frame);
        ImGui::Dummy({0, frame.px(2)});
        strong_text(frame.theme, "How");
        draw_experiment_form(frame, info, checked_);
        draw_notes(frame);
        ImGui::EndChild();
        ImGui::PopStyleVar();
        draw_foot(frame);
        end_panel();
    }

  private:
    void follow(const Frame& frame, const ExperimentInfo& info);
    void propose(const Frame& frame);
    bool is_shown(const Frame& frame) const;
    bool goes_on(const Frame& frame) const;
    const ExperimentProposal* proposal(const Frame& frame) const;
    std::string why_not(const Frame& frame) const;
    static void draw_words(const Frame& frame, const ExperimentInfo& info);
    void draw_plan(Frame& frame) const;
    void draw_notes(const Frame& frame) const;
    std::vector<std::pair<std::string, ImVec4>> foot_words(const Frame& frame) const;
    float foot_height(const Frame& frame) const;
    void draw_folder(Frame& frame) const;
    void draw_buttons(Frame& frame) const;
    void draw_foot(Frame& frame) const;

    Checked<StartExperiment> checked_;
    SharedExperiment shown_;
    ExperimentDraft draft_;
    std::string page_, line_;  // line_: as a command
    std::uint64_t seen_ = 0;
    ProposeExperiment asked_;
    std::string asked_status_;  // of what is shown, as it was asked: going on takes less once more is done
    SharedPlan plan_;
    std::vector<DiagramRow> diagram_;
};

// A capture's plan is a file's: what it says of gates and recipes may mean nothing here.
std::vector<DiagramRow> diagram_if_any(const ExperimentPlan* plan) {
    if (plan == nullptr) return {};
    try {
        return diagram_of(*plan);
    } catch (const Failure&) {
        return {};
    }
}

bool trains(const DiagramRow& row) {
    return std::any_of(row.parts.begin(), row.parts.end(), [](const DiagramPart& part) {
        return part.state == PartState::kTrains || part.state == PartState::kPartly;
    });
}

// Files are looked up when the form or the session changed, not with every frame.
void ExperimentPanel::follow(const Frame& frame, const ExperimentInfo& info) {
    const ExperimentDraft& draft = draft_of_page(frame.view.experiments);
    const bool other = page_ != info.id;
    if (other || seen_ != frame.snapshot.id || !(draft_ == draft)) {
        page_ = info.id, seen_ = frame.snapshot.id, draft_ = draft;
        checked_ = check_experiment(frame.snapshot, info, draft);
        line_ = checked_.errors.empty() ? experiment_command(checked_.command.setting, checked_.command.folder, "best",
                                                             checked_.command.overwrite)
                                        : "";
    }
    shown_ = experiment_of_page(frame);
    propose(frame);
    const ExperimentProposal* known = proposal(frame);
    const bool of_shown =
        shown_ != nullptr && (is_active(*shown_) || known == nullptr || known->plan == nullptr || is_shown(frame));
    SharedPlan plan = of_shown ? shown_->result->plan : known != nullptr ? known->plan : other ? nullptr : plan_;
    if (plan == nullptr && !other) plan = plan_;  // nothing jumps while another one is being made
    if (plan == plan_) return;
    plan_ = std::move(plan);
    diagram_ = diagram_if_any(plan_.get());
    // Measured is what is frozen as a whole: the list of steps has it.
    if (std::any_of(diagram_.begin(), diagram_.end(), trains))
        std::erase_if(diagram_, [](const DiagramRow& row) { return row.stage == "measure"; });
}

// Is what the form asks for what is shown? As a plan has it, with whole paths, once there is one.
bool ExperimentPanel::is_shown(const Frame& frame) const {
    if (shown_ == nullptr) return false;
    const ExperimentProposal* known = proposal(frame);
    const ExperimentSetting& form =
        known != nullptr && known->plan != nullptr ? known->plan->setting : checked_.command.setting;
    return shown_->result->plan->setting == form;
}

bool ExperimentPanel::goes_on(const Frame& frame) const {
    return is_shown(frame) && can_go_on(*shown_);
}

void ExperimentPanel::propose(const Frame& frame) {
    const bool folder_alone = checked_.errors.size() == 1 && checked_.errors.contains("folder");
    if (!checked_.errors.empty() && !folder_alone) return;
    // What is under way tells itself how long it takes.
    if (is_shown(frame) && is_active(*shown_)) return;
    const ProposeExperiment wish{checked_.command.setting, goes_on(frame) ? shown_->folder : checked_.command.folder};
    const std::string status = shown_ == nullptr ? "" : shown_->status;
    if (wish.setting == asked_.setting && wish.folder == asked_.folder && status == asked_status_) return;
    asked_ = wish, asked_status_ = status;
    frame.send(wish);
}

const ExperimentProposal* ExperimentPanel::proposal(const Frame& frame) const {
    const ExperimentProposal* known = frame.snapshot.proposal.get();
    return known != nullptr && known->setting == checked_.command.setting ? known : nullptr;
}

std::string ExperimentPanel::why_not(const Frame& frame) const {
    if (!checked_.why_not.empty()) return checked_.why_not;
    const ExperimentProposal* known = proposal(frame);
    return known == nullptr ? "" : known->refusal;
}

void wrapped(const std::string& text, const ImVec4& colour) {
    ImGui::PushTextWrapPos(0);
    coloured_text(colour, text);
    ImGui::PopTextWrapPos();
}

void ExperimentPanel::draw_words(const Frame& frame, const ExperimentInfo& info) {
    const Theme& theme = frame.theme;
    wrapped(info.question, theme.colours.text);
    if (!info.claim.empty()) small_text(theme, "The paper: " + info.claim, theme.colours.text);
    small_text(theme, info.method, theme.colours.secondary);
}

void ExperimentPanel::draw_plan(Frame& frame) const {
    const Theme& theme = frame.theme;
    ImGui::Dummy({0, theme.px(2)});
    strong_text(theme, "What trains, what is frozen");
    if (diagram_.empty()) {
        small_text(theme, "Drawn here once the form can be started.", theme.colours.secondary);
        return;
    }
    draw_diagram(theme, diagram_);
    bool& open = frame.view.experiments.steps;
    const std::string label = open ? "Hide the steps" : formatted("All %zu steps…", plan_->steps.size());
    ImGui::PushFont(nullptr, theme.small_size());
    if (link_button(theme, label + "###steps", "One by one, with the time that each takes")) open = !open;
    ImGui::PopFont();
    if (!open) return;
    const bool of_shown = shown_ != nullptr && shown_->result->plan == plan_;
    draw_steps(theme, *plan_, of_shown ? shown_.get() : nullptr, proposal(frame));
}

void ExperimentPanel::draw_notes(const Frame& frame) const {
    if (shown_ == nullptr || shown_->result->summary.notes.empty()) return;
    ImGui::Dummy({0, frame.px(2)});
    strong_text(frame.theme, "Ours, where the paper does not say");
    for (const std::string& note : shown_->result->summary.notes)
        small_text(frame.theme, note, frame.theme.colours.secondary);
}

// "About 38 min on cpu, 27 steps of which 3 are done already."
std::string outlook(const ExperimentProposal* known, bool goes_on) {
    if (known == nullptr || known->plan == nullptr) return "Working out what is to be done…";
    const std::size_t steps = known->plan->steps.size();
    const auto there = std::count(known->step_seconds.begin(), known->step_seconds.end(), 0.0);
    std::string out = formatted(steps == 1 ? "%zu step" : "%zu steps", steps);
    if (there > 0) out += formatted(", of which %td %s done already", there, there == 1 ? "is" : "are");
    if (known->seconds < 0) return out + "; measuring how long that takes here…";
    const std::string time = duration_text(known->seconds);
    std::string how_long = goes_on                     ? "Going on: " + time
                           : time.starts_with("under") ? "U" + time.substr(1)
                                                       : "About " + time;
    if (known->device != "best") how_long += " on " + known->device;
    return how_long + "; " + out + ".";
}

std::string progress_words(const ExperimentView& shown) {
    std::string out = state_words(&shown);
    if (!shown.at_work.empty()) out = shown.at_work + formatted(", %.0f %%", 100 * shown.step_share) + "\n" + out;
    if (shown.result->seconds > 0) out += ", " + spent_text(shown.result->seconds) + " so far";
    return out;
}

std::vector<std::pair<std::string, ImVec4>> ExperimentPanel::foot_words(const Frame& frame) const {
    const Palette& colours = frame.theme.colours;
    std::vector<std::pair<std::string, ImVec4>> out;
    if (shown_ != nullptr) {
        if (!shown_->message.empty())
            out.emplace_back(shown_->message, shown_->status == "failed" ? colours.error : colours.warning);
        for (const std::string& warning : shown_->warnings) out.emplace_back(warning, colours.warning);
        if (is_active(*shown_)) {
            out.emplace_back(progress_words(*shown_), colours.text);
            return out;
        }
    }
    if (shown_ != nullptr && shown_->status == "done" && shown_->result->seconds > 0)
        out.emplace_back("Done: " + spent_text(shown_->result->seconds) + " of work on " + shown_->result->device + ".",
                         colours.text);
    const std::string stuck = why_not(frame);
    // Its own folder is in nobody's way where it is to be gone on with.
    const bool own = goes_on(frame) && shown_->folder == checked_.command.folder && checked_.errors.size() == 1;
    if (stuck.empty() || own)
        out.emplace_back(outlook(proposal(frame), goes_on(frame)), colours.secondary);
    else
        out.emplace_back("Can't start: " + stuck, colours.warning);
    return out;
}

float ExperimentPanel::foot_height(const Frame& frame) const {
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    const bool active = shown_ != nullptr && is_active(*shown_);
    float out = frame.px(10) + ImGui::GetFrameHeightWithSpacing() + 2 * spacing;
    for (const auto& [line, colour] : foot_words(frame)) out += small_text_height(frame.theme, line) + spacing;
    if (active) return out + ImGui::GetTextLineHeightWithSpacing();
    return out + (checked_.exists ? 2.0F : 1.0F) * ImGui::GetFrameHeightWithSpacing();
}

void ExperimentPanel::draw_folder(Frame& frame) const {
    ExperimentDraft& draft = draft_of_page(frame.view.experiments);
    static const FieldErrors none;  // the words below say it
    Form form(frame.theme, frame.px(64), none);
    if (form.path("folder", "Folder", "Where it goes, with its runs, table and capture:\n" + checked_.command.folder,
                  draft.folder, last_part(checked_.command.folder)))
        choose_experiment_target(frame);
    if (checked_.exists) form.flag("overwrite", "Overwrite", "What this folder holds is replaced", draft.overwrite);
}

void ExperimentPanel::draw_buttons(Frame& frame) const {
    const Theme& theme = frame.theme;
    const float width = theme.px(72);
    if (shown_ != nullptr && is_active(*shown_)) {
        if (button(theme, "Stop", "What is done stays; it can be gone on with", width))
            frame.send(StopExperiment{shown_->folder});
    } else {
        const std::string stuck = why_not(frame);
        ImGui::BeginDisabled(!stuck.empty());
        if (button(theme, checked_.exists ? "Overwrite and start###start" : "Start###start",
                   stuck.empty() ? checked_.command.folder : stuck, checked_.exists ? 0 : width))
            start_experiment(frame);
        ImGui::EndDisabled();
    }
    if (shown_ != nullptr && can_go_on(*shown_)) {
        ImGui::SameLine();
        if (button(theme, "Go on", "Steps that are done are kept: " + shown_->folder, width))
            frame.send(ResumeExperiment{shown_->folder});
    }
    if (shown_ != nullptr) {
        ImGui::SameLine();
        ImGui::BeginDisabled(shown_->from_capture);
        if (button(theme, "Its runs", "The runs that it is made of, in the layout Training", width))
            open_runs_of(frame, *shown_);
        ImGui::EndDisabled();
        ImGui::SameLine();
        if (button(theme, "Remove", "Stops it and takes it off the list; its folder stays", width))
            close_experiment(frame, *shown_);
    }
    const std::string& line = shown_ != nullptr && is_active(*shown_) ? shown_->result->command : line_;
    if (line.empty()) return;
    ImGui::SameLine(0, theme.px(12));
    if (link_button(theme, "Copy as command", line)) copy_line(frame, line);
}

void ExperimentPanel::draw_foot(Frame& frame) const {
    const Theme& theme = frame.theme;
    const ImVec2 at = ImGui::GetCursorScreenPos(), window = ImGui::GetWindowPos();
    ImGui::GetWindowDrawList()->AddLine({window.x + 1, at.y}, {window.x + ImGui::GetWindowWidth() - 1, at.y},
                                        pack(theme.colours.line));
    ImGui::Dummy({0, theme.px(2)});
    const bool active = shown_ != nullptr && is_active(*shown_);
    if (!active) draw_folder(frame);
    for (const auto& [line, colour] : foot_words(frame)) small_text(theme, line, colour);
    if (active) progress_bar(theme, part_done(*shown_), ImGui::GetContentRegionAvail().x, theme.px(4));
    draw_buttons(frame);
}

}  // namespace

std::unique_ptr<Panel> make_experiment_panel(Textures& /*textures*/) {
    return std::make_unique<ExperimentPanel>();
}

}  // namespace gatescope
