// A text typed or pasted in.
#include "app/window/dialogs/dialog.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

namespace {

class TextDialog : public DialogView {
  public:
    bool draw(Frame& frame) override {
        bool open = true;
        if (!begin_dialog(frame, "Type a text", 640, 420, open)) return open;
        strong_text(frame.theme, "Type a text");
        ImGui::SameLine(0, frame.px(12));
        secondary_text(frame.theme, "It is cut into windows like a file; two tokens are the least.");
        if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
        ImGui::InputTextMultiline("##words", &words_, {-1, -ImGui::GetFrameHeightWithSpacing() - frame.px(4)},
                                  ImGuiInputTextFlags_WordWrap);
        const float width = frame.px(96);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - 2 * width - frame.px(8));
        if (button(frame.theme, "Cancel", "Escape", width)) open = false;
        ImGui::SameLine();
        ImGui::BeginDisabled(words_.empty());
        const bool chord = ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Enter) && !words_.empty();
        if (button(frame.theme, "Use it", "Ctrl+Enter", width) || chord) {
            frame.send(UseText{"typed text", words_});
            open = false;
        }
        ImGui::EndDisabled();
        if (!open) ImGui::CloseCurrentPopup();
        end_dialog();
        return open;
    }

  private:
    std::string words_;
};

}  // namespace

std::unique_ptr<DialogView> make_type_text() {
    return std::make_unique<TextDialog>();
}

}  // namespace gatescope
