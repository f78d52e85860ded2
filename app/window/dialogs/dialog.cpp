#include "app/window/dialogs/dialog.h"

#include <algorithm>

#include "app/window/widgets/text.h"

namespace gatescope {

std::unique_ptr<DialogView> make_dialog(Dialog which, const Frame& frame) {
    switch (which) {
        case Dialog::kPalette:
            return make_palette();
        case Dialog::kHelp:
            return make_help();
        case Dialog::kTypeText:
            return make_type_text();
        case Dialog::kExport:
            return make_export(frame);
        case Dialog::kRoom:
            return make_room(frame);
        case Dialog::kOpenModel:
        case Dialog::kOpenText:
        case Dialog::kOpenCapture:
        case Dialog::kPickFile:
            return make_file_dialog(which, frame);
        case Dialog::kNone:
            return nullptr;
    }
    return nullptr;
}

bool begin_dialog(const Frame& frame, const char* title, float width, float height, bool& open) {
    const ImGuiViewport* viewport = ImGui::GetMainViewport();
    const ImVec2 size(std::min(frame.px(width), viewport->WorkSize.x - frame.px(32)),
                      height <= 0 ? 0 : std::min(frame.px(height), viewport->WorkSize.y - frame.px(96)));
    if (!ImGui::IsPopupOpen(title)) ImGui::OpenPopup(title);
    ImGui::SetNextWindowPos({viewport->WorkPos.x + viewport->WorkSize.x / 2, viewport->WorkPos.y + frame.px(72)},
                            ImGuiCond_Always, {0.5F, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(16), frame.px(14)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, frame.px(8));
    const bool shown = ImGui::BeginPopupModal(title, nullptr,
                                              ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                                  ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    ImGui::PopStyleVar(2);
    if (!shown) return false;
    // Escape leaves a text field first.
    if (ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId))
        open = false;
    return true;
}

void end_dialog() {
    ImGui::EndPopup();
}

}  // namespace gatescope
