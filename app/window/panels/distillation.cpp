// Training of a gate on the frozen model: the form at the left, curves at the right, or why there can be none.
#include <algorithm>

#include "analysis/abilities.h"
#include "app/window/lab_actions.h"
#include "app/window/panels/distillation_curves.h"
#include "app/window/panels/distillation_form.h"
#include "app/window/panels/gate_gradient.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/panel_frame.h"

namespace gatescope {

namespace {

class DistillationPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box,
                    {"Distillation", "Distillation", "gates trained on the frozen model", [&](float& right) {
                         if (shows_curves(frame)) draw_train_legend(frame, right);
                     }});
        if (!draw_inability(frame, why_no_gates)) {
            if (frame.snapshot.model == nullptr || frame.snapshot.weights_only)
                draw_waiting(frame, "The training of gates");
            else
                draw_both(frame);
        }
        end_panel();
    }

  private:
    static bool explains(const Frame& frame) {
        return frame.view.lab.distill.signal == "mask" && !distillation_runs(frame.snapshot);
    }
    static bool shows_curves(const Frame& frame) { return frame.snapshot.distillation != nullptr && !explains(frame); }
    void draw_both(Frame& frame) {
        follow(frame);
        const float width = ImGui::GetContentRegionAvail().x;
        const float form = std::clamp(width * 0.42F, std::min(frame.px(280), width / 2), frame.px(352));
        ImGui::BeginChild("##left", {form, 0}, ImGuiChildFlags_None,
                          ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
        draw_distillation_form(frame, checked_);
        ImGui::EndChild();
        ImGui::SameLine(0, frame.px(16));
        ImGui::BeginChild("##right", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
        if (explains(frame))
            draw_gate_gradient(frame);
        else if (shows_curves(frame))
            draw_curves(frame);
        else
            draw_empty(frame);
        ImGui::EndChild();
    }
    // Files are looked up when the form or the session changed, not with every frame.
    void follow(const Frame& frame) {
        if (seen_ == frame.snapshot.id && draft_ == frame.view.lab.distill && once_) return;
        once_ = true;
        seen_ = frame.snapshot.id;
        draft_ = frame.view.lab.distill;
        checked_ = check_distillation(frame.snapshot, draft_);
    }
    void draw_empty(Frame& frame) const {
        const std::string text =
            "Loss, agreement with the oracle and deployed perplexity will be drawn here as a gate learns, beside a "
            "frozen random gate.";
        if (empty_panel(frame.theme, text, checked_.why_not.empty() ? "Start the training" : ""))
            start_distillation(frame);
    }

    Checked<StartDistillation> checked_;
    DistillDraft draft_;
    std::uint64_t seen_ = 0;
    bool once_ = false;
};

}  // namespace

std::unique_ptr<Panel> make_distillation_panel(Textures& /*textures*/) {
    return std::make_unique<DistillationPanel>();
}

}  // namespace gatescope
