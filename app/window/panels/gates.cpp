// Dense as the measure, and gates A and B on cards, below each other or beside each other where there is room.
#include "analysis/abilities.h"
#include "app/window/gate_words.h"
#include "app/window/panels/gate_card.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

class GatesPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box, {"Gates", "Gates", "", [&](float& right) {
                                           if (inability(frame, why_no_gates).empty()) draw_swap(frame, right);
                                       }});
        if (!draw_inability(frame, why_no_gates)) draw_cards(frame);
        end_panel();
    }

  private:
    void draw_cards(Frame& frame) {
        ImGui::BeginChild("##cards", ImVec2(0, 0), ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
        draw_dense(frame);
        const float width = ImGui::GetContentRegionAvail().x;
        const bool roomy = ImGui::GetContentRegionAvail().y > frame.px(800);
        const bool beside = width > frame.px(500);
        const float card = beside ? (width - frame.px(8)) / 2 : width;
        a_.draw(frame, card, roomy);
        if (beside) ImGui::SameLine(0, frame.px(8));
        b_.draw(frame, card, roomy);
        ImGui::EndChild();
    }
    static void draw_swap(Frame& frame, float& right) {
        const float width = ImGui::CalcTextSize("Swap").x + 2 * ImGui::GetStyle().FramePadding.x;
        place_right(right, width, frame.px(8));
        if (button(frame.theme, "Swap", "Exchange gates A and B (X)", width)) swap_gates(frame);
        draw_copy(frame, right);
    }
    static void draw_copy(Frame& frame, float& right) {
        const float padding = 2 * ImGui::GetStyle().FramePadding.x;
        const float whole = ImGui::CalcTextSize("Copy as command").x + padding;
        const bool fits = right - whole > frame.px(64);
        const float width = fits ? whole : ImGui::CalcTextSize("Copy").x + padding;
        place_right(right, width, frame.px(8));
        if (!button(frame.theme, std::string(fits ? "Copy as command" : "Copy") + "###Copy as command",
                    "Copies the command that makes what is shown (Ctrl+Shift+C):\n" + frame.snapshot.command_line,
                    width))
            return;
        ImGui::SetClipboardText(frame.snapshot.command_line.c_str());
        frame.requests.notice = "The command is on the clipboard";
    }
    static void draw_dense(const Frame& frame) {
        const Theme& theme = frame.theme;
        const PerplexityEstimate estimate = frame.run == nullptr ? PerplexityEstimate() : frame.run->dense.estimate;
        const float from = ImGui::GetCursorPosX();
        show_text("Dense");
        ImGui::SameLine(from + theme.px(12) + std::min(theme.px(116), ImGui::GetContentRegionAvail().x * 0.38F));
        mono_text(theme, perplexity_number(estimate), theme.colours.text, theme.text_size());
        ImGui::SameLine(0, theme.px(12));
        ImGui::PushFont(nullptr, theme.small_size());
        fitted_text(theme, estimate_words(estimate), ImGui::GetContentRegionAvail().x, theme.colours.secondary);
        ImGui::PopFont();
        ImGui::Dummy({0, theme.px(2)});
    }

    GateCard a_{0}, b_{1};
};

}  // namespace

std::unique_ptr<Panel> make_gates_panel(Textures& /*textures*/) {
    return std::make_unique<GatesPanel>();
}

}  // namespace gatescope
