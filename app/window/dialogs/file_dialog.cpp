// Opens a model, a text or a capture: recent ones, a path typed in, or a walk through folders.
#include <algorithm>
#include <cstdlib>

#include "app/window/dialogs/dialog.h"
#include "app/window/dialogs/file_list.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"
#include "model/checkpoint/formats.h"

namespace gatescope {

namespace {

struct FileKind {
    Dialog dialog;
    const char* title;
    const char* hint;
    std::vector<std::string> extensions;
};

const FileKind& kind_of(Dialog which) {
    static const std::vector<FileKind> kinds = {
        {Dialog::kOpenModel, "Open a model", "A folder with config.json, or a file of weights",
         checkpoint_extensions()},
        {Dialog::kOpenText, "Open a text", "A UTF-8 text file", {}},
        {Dialog::kOpenCapture, "Open a capture", "An .h5 file that Gatescope wrote", {".h5", ".hdf5"}},
    };
    return *std::find_if(kinds.begin(), kinds.end(), [&](const FileKind& kind) { return kind.dialog == which; });
}

class FileDialog : public DialogView {
  public:
    FileDialog(Dialog which, const Frame& frame) : kind_(kind_of(which)) {
        const auto& recent = recent_of(frame.view);
        std::filesystem::path start =
            recent.empty() ? std::filesystem::path() : std::filesystem::path(recent.front()).parent_path();
        std::error_code ignored;
        if (start.empty() || !std::filesystem::is_directory(start, ignored)) {
            const char* home = std::getenv("HOME");
            start = home != nullptr ? std::filesystem::path(home) : std::filesystem::path("/");
        }
        enter(start);
    }

    bool draw(Frame& frame) override {
        bool open = true;
        if (!begin_dialog(frame, kind_.title, 760, 560, open)) return open;
        strong_text(frame.theme, kind_.title);
        ImGui::SameLine(0, frame.px(12));
        secondary_text(frame.theme, kind_.hint);
        std::string taken = draw_recent(frame);
        draw_path(frame, taken);
        draw_files(frame, taken);
        draw_buttons(frame, taken, open);
        if (!taken.empty()) {
            send(frame, taken);
            open = false;
        }
        if (!open) ImGui::CloseCurrentPopup();
        end_dialog();
        return open;
    }

  private:
    const std::vector<std::string>& recent_of(const ViewState& view) const {
        if (kind_.dialog == Dialog::kOpenModel) return view.recent_models;
        return kind_.dialog == Dialog::kOpenText ? view.recent_texts : view.recent_captures;
    }
    void enter(const std::filesystem::path& folder) {
        folder_ = folder;
        entries_ = list_folder(folder, kind_.extensions, problem_);
        path_ = folder.string();
        chosen_ = -1;
        entered_ = true;
    }
    void send(Frame& frame, const std::string& path) const {
        if (kind_.dialog == Dialog::kOpenModel)
            frame.send(OpenModel{path});
        else if (kind_.dialog == Dialog::kOpenText)
            frame.send(OpenText{path});
        else
            frame.send(OpenCapture{path});
    }
    std::string draw_recent(Frame& frame) const {
        std::string taken;
        std::vector<std::string> choices = recent_of(frame.view);
        if (kind_.dialog != Dialog::kOpenCapture) choices.insert(choices.begin(), "sample");
        if (choices.empty()) return taken;
        secondary_text(frame.theme, "Recent");
        const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
        bool first = true;
        for (const std::string& choice : choices) {
            const std::string label =
                choice == "sample" ? "The sample" : std::filesystem::path(choice).filename().string();
            if (!first) ImGui::SameLine();
            if (!first && ImGui::GetCursorPosX() + ImGui::CalcTextSize(label.c_str()).x + frame.px(16) > right) break;
            if (button(frame.theme, label + "##" + choice, choice)) taken = choice;
            first = false;
        }
        return taken;
    }
    void draw_path(const Frame& frame, std::string& taken) {
        const float up = ImGui::CalcTextSize("Up").x + frame.px(16);
        if (button(frame.theme, "Up", "The folder above (Backspace)", up) ||
            (!ImGui::GetIO().WantTextInput && ImGui::IsKeyPressed(ImGuiKey_Backspace)))
            enter(folder_.parent_path());
        ImGui::SameLine();
        ImGui::SetNextItemWidth(-1);
        if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
        if (!ImGui::InputTextWithHint("##path", "Path", &path_, ImGuiInputTextFlags_EnterReturnsTrue)) return;
        std::error_code ignored;
        const std::filesystem::path typed(path_);
        if (std::filesystem::is_directory(typed, ignored) &&
            !(kind_.dialog == Dialog::kOpenModel && is_model_folder(typed)))
            enter(typed);
        else
            taken = path_;
    }
    void draw_files(Frame& frame, std::string& taken) {
        ImGui::BeginChild("##files", {0, -ImGui::GetFrameHeightWithSpacing() - frame.px(4)}, ImGuiChildFlags_Borders);
        if (entered_) ImGui::SetScrollY(0);
        entered_ = false;
        if (!problem_.empty())
            coloured_text(frame.theme.colours.error, problem_);
        else if (entries_.empty())
            secondary_text(frame.theme, "Nothing in this folder.");
        std::filesystem::path next;
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(entries_.size()));
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) draw_entry(frame, i, next, taken);
        ImGui::EndChild();
        if (!next.empty()) enter(next);
    }
    void draw_entry(const Frame& frame, int index, std::filesystem::path& next, std::string& taken) {
        const FileEntry& entry = entries_[static_cast<std::size_t>(index)];
        const std::string label = entry.name + (entry.folder ? "/" : "");
        const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
        ImGui::BeginDisabled(!entry.fits);
        if (ImGui::Selectable(label.c_str(), chosen_ == index, ImGuiSelectableFlags_AllowDoubleClick)) {
            chosen_ = index;
            path_ = (folder_ / entry.name).string();
            const bool act =
                ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) || ImGui::IsKeyPressed(ImGuiKey_Enter, false);
            if (act && entry.folder && !(kind_.dialog == Dialog::kOpenModel && is_model_folder(path_)))
                next = folder_ / entry.name;
            else if (act)
                taken = path_;
        }
        ImGui::EndDisabled();
        if (entry.folder) return;
        const std::string size = size_text(entry.size_bytes);
        ImGui::SameLine(right - mono_width(frame.theme, size));
        mono_text(frame.theme, size, frame.theme.colours.secondary);
    }
    void draw_buttons(const Frame& frame, std::string& taken, bool& open) {
        const float width = frame.px(96);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - 2 * width - frame.px(8));
        if (button(frame.theme, "Cancel", "Escape", width)) open = false;
        ImGui::SameLine();
        if (!button(frame.theme, "Open", {}, width)) return;
        std::error_code ignored;
        const std::filesystem::path wanted(path_);
        const bool folder = std::filesystem::is_directory(wanted, ignored);
        if (folder && !(kind_.dialog == Dialog::kOpenModel && is_model_folder(wanted)))
            enter(wanted);
        else
            taken = path_;
    }

    const FileKind& kind_;
    std::filesystem::path folder_;
    std::vector<FileEntry> entries_;
    std::string path_, problem_;
    int chosen_ = -1;
    bool entered_ = false;
};

}  // namespace

std::unique_ptr<DialogView> make_file_dialog(Dialog which, const Frame& frame) {
    return std::make_unique<FileDialog>(which, frame);
}

}  // namespace gatescope
