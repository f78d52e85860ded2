// Where a capture goes and what is in it; asks before it overwrites.
#include <cstdlib>
#include <filesystem>

#include "app/engine/size_text.h"
#include "app/window/dialogs/dialog.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

namespace {

std::string suggested_path(const Frame& frame) {
    std::filesystem::path folder;
    if (!frame.view.recent_captures.empty())
        folder = std::filesystem::path(frame.view.recent_captures.front()).parent_path();
    std::error_code ignored;
    if (folder.empty() || !std::filesystem::is_directory(folder, ignored))
        folder = std::filesystem::current_path(ignored);
    const std::string model =
        frame.snapshot.model == nullptr ? "capture" : std::filesystem::path(frame.snapshot.model->name).stem().string();
    return (folder / (model + ".h5")).string();
}

class ExportDialog : public DialogView {
  public:
    explicit ExportDialog(const Frame& frame) : path_(suggested_path(frame)) {}

    bool draw(Frame& frame) override {
        bool open = true;
        if (!begin_dialog(frame, "Export a capture", 640, 0, open)) return open;
        const Theme& theme = frame.theme;
        strong_text(theme, "Export a capture");
        secondary_text(theme, "HDF5 with named dimensions: h5py, xarray, MATLAB and Julia read it.");
        ImGui::Dummy({0, frame.px(2)});
        ImGui::SetNextItemWidth(-1);
        if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
        const bool entered =
            ImGui::InputTextWithHint("##path", "Path of the .h5 file", &path_, ImGuiInputTextFlags_EnterReturnsTrue);
        draw_contents(frame);
        std::error_code ignored;
        const bool exists = std::filesystem::exists(path_, ignored);
        if (exists) coloured_text(theme.colours.warning, "This file exists.");
        ImGui::Dummy({0, frame.px(4)});
        draw_buttons(frame, exists, entered, open);
        if (!open) ImGui::CloseCurrentPopup();
        end_dialog();
        return open;
    }

  private:
    void draw_contents(const Frame& frame) {
        const Theme& theme = frame.theme;
        ImGui::Dummy({0, frame.px(2)});
        ImGui::Checkbox("Attention patterns", &patterns_);
        if (frame.run != nullptr && frame.run->model != nullptr) {
            // float16 of every layer, head, query and key of every window.
            const double cells = static_cast<double>(frame.derived.layers.size()) *
                                 static_cast<double>(frame.derived.heads.size()) *
                                 static_cast<double>(frame.run->request.window_length) *
                                 static_cast<double>(frame.run->request.window_length);
            ImGui::SameLine(0, frame.px(12));
            secondary_text(
                theme,
                "runs the model once more; up to " +
                    size_text(static_cast<std::uint64_t>(2 * cells * static_cast<double>(window_count(frame.run)))));
        }
        ImGui::Checkbox("Key sets of the gates", &masks_);
        ImGui::SameLine(0, frame.px(12));
        secondary_text(theme, "which keys each query keeps, in the first window");
    }
    void draw_buttons(Frame& frame, bool exists, bool entered, bool& open) {
        const float width = frame.px(104);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - 2 * width - frame.px(8));
        if (button(frame.theme, "Cancel", "Escape", width)) open = false;
        ImGui::SameLine();
        ImGui::BeginDisabled(path_.empty());
        // Enter writes a new file but never over an old one.
        if (button(frame.theme, exists ? "Overwrite" : "Export", {}, width) || (entered && !exists && !path_.empty())) {
            frame.send(ExportCapture{path_, patterns_, masks_, exists});
            frame.requests.exported = path_;
            open = false;
        }
        ImGui::EndDisabled();
    }

    std::string path_;
    bool patterns_ = false, masks_ = false;
};

}  // namespace

std::unique_ptr<DialogView> make_export(const Frame& frame) {
    return std::make_unique<ExportDialog>(frame);
}

}  // namespace gatescope
