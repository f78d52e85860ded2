// A load that was refused: why, and what can be done about it.
#include "app/window/dialogs/dialog.h"
#include "app/window/dialogs/model_preview.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

class RoomDialog : public DialogView {
  public:
    explicit RoomDialog(std::shared_ptr<const LoadRefusal> refusal) : refusal_(std::move(refusal)) {}

    bool draw(Frame& frame) override {
        bool open = refusal_ != nullptr;
        if (!open || !begin_dialog(frame, "No room for the model", 460, 0, open)) return open;
        const ModelPreview& preview = *refusal_->preview;
        ImGui::PushFont(frame.theme.fonts.strong, frame.theme.text_size());
        fitted_text(frame.theme, "No room for " + preview.summary->name, ImGui::GetContentRegionAvail().x,
                    frame.theme.colours.text);
        ImGui::PopFont();
        ImGui::PushTextWrapPos(0);
        coloured_text(frame.theme.colours.secondary, room_text(preview.memory));
        ImGui::PopTextWrapPos();
        ImGui::Dummy({0, frame.px(4)});
        draw_memory(frame, preview.memory);
        ImGui::Dummy({0, frame.px(2)});
        if (const auto taken = draw_offers(frame, preview)) {
            frame.send(*taken);
            open = false;
        }
        if (button(frame.theme, "Cancel", "Escape", ImGui::GetContentRegionAvail().x)) open = false;
        if (!open) ImGui::CloseCurrentPopup();
        end_dialog();
        return open;
    }

  private:
    std::shared_ptr<const LoadRefusal> refusal_;
};

}  // namespace

std::unique_ptr<DialogView> make_room(const Frame& frame) {
    return std::make_unique<RoomDialog>(frame.snapshot.refusal);
}

}  // namespace gatescope
