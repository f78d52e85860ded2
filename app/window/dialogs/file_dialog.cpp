// Opens a model, a text or a capture: recent ones, a path typed in, or a walk through folders; a model is shown before
// it is opened.
#include <algorithm>
#include <cstdlib>

#include "app/engine/size_text.h"
#include "app/window/dialogs/dialog.h"
#include "app/window/dialogs/file_list.h"
#include "app/window/dialogs/model_preview.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"
#include "model/checkpoint/formats.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

struct FileKind {
    Dialog dialog;
    std::string title, hint;
    std::vector<std::string> extensions;
};

FileKind kind_of(Dialog which, const Frame& frame) {
    if (which == Dialog::kOpenModel)
        return {which, "Open a model", "A folder with config.json, or a file of weights", checkpoint_extensions()};
    if (which == Dialog::kOpenText) return {which, "Open a text", "A UTF-8 text file", {}};
    if (which == Dialog::kOpenCapture)
        return {which, "Open a capture", "An .h5 file that Gatescope wrote", {".h5", ".hdf5"}};
    const FileWish& wish = frame.requests.file;
    return {which, wish.title, wish.hint, wish.extensions};
}

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

class FileDialog : public DialogView {
  public:
    FileDialog(Dialog which, const Frame& frame) : kind_(kind_of(which, frame)) {
        const std::vector<std::string>& recent = recent_of(frame.view);
        fs::path start = recent.empty() ? fs::path() : fs::path(recent.front()).parent_path();
        if (picks()) wish_ = frame.requests.file;
        if (!wish_.now.empty()) start = fs::path(wish_.now).parent_path();
        if (!start.is_absolute() || !is_folder(start)) {
            const char* home = std::getenv("HOME");
            start = home != nullptr ? fs::path(home) : fs::path("/");
        }
        enter(start);
        if (wants(PickPurpose::kSave)) path_ = wish_.now;
    }

    bool draw(Frame& frame) override {
        bool open = true;
        if (!begin_dialog(frame, kind_.title.c_str(), models() ? 1040 : 760, models() ? 640 : 560, open)) return open;
        strong_text(frame.theme, kind_.title);
        ImGui::SameLine(0, frame.px(12));
        secondary_text(frame.theme, kind_.hint);
        taken_.reset();
        picked_.clear();
        draw_recent(frame);
        draw_path(frame);
        draw_files(frame);
        if (models()) draw_model(frame);
        draw_buttons(frame, open);
        if (taken_) {
            frame.send(*taken_);
            open = false;
        }
        if (!picked_.empty()) {
            wish_.picked(frame, picked_);
            open = false;
        }
        if (models()) look_at(frame, open ? choice() : "");
        if (!open) ImGui::CloseCurrentPopup();
        end_dialog();
        return open;
    }

  private:
    bool models() const { return kind_.dialog == Dialog::kOpenModel; }
    bool picks() const { return kind_.dialog == Dialog::kPickFile; }
    const std::vector<std::string>& recent_of(const ViewState& view) const {
        static const std::vector<std::string> none;
        if (picks()) return none;
        if (models()) return view.recent_models;
        return kind_.dialog == Dialog::kOpenText ? view.recent_texts : view.recent_captures;
    }
    void enter(const fs::path& folder) {
        folder_ = folder;
        entries_ = list_folder(folder, kind_.extensions, problem_);
        path_ = folder.string();
        chosen_ = -1;
        entered_ = true;
    }
    void take(const std::string& path) {
        if (picks())
            picked_ = path;
        else if (models())
            taken_ = OpenModel{path};
        else if (kind_.dialog == Dialog::kOpenText)
            taken_ = OpenText{path};
        else
            taken_ = OpenCapture{path};
    }
    bool wants(PickPurpose purpose) const { return picks() && wish_.purpose == purpose; }
    // Opens what is at `path`, or shows it where it is a folder to walk through.
    void act_on(const fs::path& path) {
        if (is_folder(path) && !((models() || wish_.models) && is_model_folder(path)))
            enter(path);
        else
            take(path.string());
    }
    // The checkpoint that is chosen or typed, as a whole path; empty where there is none at that path.
    const std::string& choice() {
        if (path_ == looked_at_) return choice_;
        looked_at_ = path_;
        const fs::path path = typed_path(folder_, path_);
        std::error_code ignored;
        const bool checkpoint = chosen_ < 0 && path == folder_ ? is_model_folder(path) : is_checkpoint(path);
        choice_ = checkpoint && fs::exists(path, ignored) ? path.string() : "";
        return choice_;
    }
    static bool is_checkpoint(const fs::path& path) {
        std::error_code ignored;
        return fs::is_regular_file(path, ignored) || is_model_folder(path);
    }
    // Asks for the preview of another checkpoint than before.
    void look_at(Frame& frame, const std::string& path) {
        if (path == asked_) return;
        asked_ = path;
        frame.send(PreviewModel{path});
    }

    void draw_recent(Frame& frame) {
        std::vector<std::string> choices = recent_of(frame.view);
        if (models() || kind_.dialog == Dialog::kOpenText) choices.insert(choices.begin(), "sample");
        if (choices.empty()) return;
        secondary_text(frame.theme, "Recent");
        const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
        bool first = true;
        for (const std::string& choice : choices) {
            const std::string label = choice == "sample" ? "The sample" : last_part(choice);
            if (!first) ImGui::SameLine();
            if (!first && ImGui::GetCursorPosX() + ImGui::CalcTextSize(label.c_str()).x + frame.px(16) > right) break;
            if (button(frame.theme, label + "##" + choice, choice)) take(choice);
            first = false;
        }
    }
    void draw_path(const Frame& frame) {
        const float up = ImGui::CalcTextSize("Up").x + frame.px(16);
        if (button(frame.theme, "Up", "The folder above (Backspace)", up) ||
            (!ImGui::GetIO().WantTextInput && ImGui::IsKeyPressed(ImGuiKey_Backspace)))
            enter(folder_.parent_path());
        ImGui::SameLine();
        ImGui::SetNextItemWidth(-1);
        if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
        if (ImGui::InputTextWithHint("##path", "Path", &path_, ImGuiInputTextFlags_EnterReturnsTrue))
            act_on(typed_path(folder_, path_));
    }
    void draw_files(Frame& frame) {
        const float below = -ImGui::GetFrameHeightWithSpacing() - frame.px(4);
        const float width = models() ? -preview_width(frame) - frame.px(8) : 0;
        ImGui::BeginChild("##files", {width, below}, ImGuiChildFlags_Borders);
        if (entered_) ImGui::SetScrollY(0);
        entered_ = false;
        if (!problem_.empty())
            coloured_text(frame.theme.colours.error, problem_);
        else if (entries_.empty())
            secondary_text(frame.theme, "Nothing in this folder.");
        fs::path next;
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(entries_.size()));
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) draw_entry(frame, i, next);
        ImGui::EndChild();
        if (!next.empty()) act_on(next);
    }
    void draw_entry(const Frame& frame, int index, fs::path& next) {
        FileEntry& entry = entries_[static_cast<std::size_t>(index)];
        const std::string label = entry.name + (entry.folder ? "/" : "");
        const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
        ImGui::BeginDisabled(!entry.fits);
        const bool pressed = ImGui::Selectable(label.c_str(), chosen_ == index, ImGuiSelectableFlags_AllowDoubleClick);
        const bool reached = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible && chosen_ != index;
        ImGui::EndDisabled();
        if (pressed || reached) {
            chosen_ = index;
            path_ = (folder_ / entry.name).string();
            looked_at_.clear();
        }
        if (pressed && (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) ||
                        ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false)))
            next = path_;
        const std::string about = entry.folder ? folder_words(entry) : size_text(entry.size_bytes);
        if (about.empty()) return;
        ImGui::SameLine(right - mono_width(frame.theme, about));
        mono_text(frame.theme, about, frame.theme.colours.secondary);
    }
    // Looked up as the folder comes into view: a folder of thousands is not walked through.
    std::string folder_words(FileEntry& entry) const {
        if (!models()) return {};
        if (!entry.is_model) entry.is_model = is_model_folder(folder_ / entry.name);
        return *entry.is_model ? "model" : "";
    }
    static float preview_width(const Frame& frame) { return frame.px(356); }
    void draw_model(Frame& frame) {
        ImGui::SameLine(0, frame.px(8));
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(12), frame.px(10)));
        ImGui::BeginChild("##preview", {preview_width(frame), -ImGui::GetFrameHeightWithSpacing() - frame.px(4)},
                          ImGuiChildFlags_Borders | ImGuiChildFlags_AlwaysUseWindowPadding);
        ImGui::PopStyleVar();
        if (auto offer = draw_preview(frame, choice())) taken_ = std::move(*offer);
        ImGui::EndChild();
    }
    // Why the chosen checkpoint can't be opened as it is; empty where it can, or nobody knows yet.
    std::string hindrance(const Frame& frame) {
        const auto preview = frame.snapshot.preview;
        if (!models() || !preview || preview->path != choice()) return {};
        if (!preview->error.empty()) return preview->error;
        return preview->memory.fits ? "" : room_text(preview->memory);
    }
    // What the button does to the chosen path.
    std::string acts() {
        if (wants(PickPurpose::kFolder)) return "Choose";
        if (!wants(PickPurpose::kSave)) return "Open";
        const std::string& now = path_;
        if (now != saved_as_) {
            saved_as_ = now;
            std::error_code ignored;
            const fs::path typed = typed_path(folder_, now);
            overwrites_ = !is_folder(typed) && fs::exists(typed, ignored);
        }
        return overwrites_ ? "Overwrite" : "Save";
    }
    void draw_buttons(const Frame& frame, bool& open) {
        const float width = frame.px(96), left = ImGui::GetCursorPosX();
        const float right = left + ImGui::GetContentRegionAvail().x;
        if (models() && !choice().empty() && is_folder(choice())) {
            if (button(frame.theme, "Look inside", "Shows this model's folder instead of opening it (→)") ||
                (!ImGui::GetIO().WantTextInput && ImGui::IsKeyPressed(ImGuiKey_RightArrow)))
                enter(choice());
            ImGui::SameLine();
        }
        ImGui::SetCursorPosX(right - 2 * width - frame.px(8));
        if (button(frame.theme, "Cancel", "Escape", width)) open = false;
        ImGui::SameLine();
        const std::string why_not = hindrance(frame);
        ImGui::BeginDisabled(!why_not.empty());
        if (button(frame.theme, acts(), why_not, width)) {
            const fs::path typed = typed_path(folder_, path_);
            if (wants(PickPurpose::kFolder))
                take(typed.string());
            else
                act_on(typed);
        }
        ImGui::EndDisabled();
    }

    const FileKind kind_;
    FileWish wish_;
    std::string picked_;
    fs::path folder_;
    std::vector<FileEntry> entries_;
    std::string path_, problem_;
    int chosen_ = -1;
    bool entered_ = false;
    std::optional<Command> taken_;
    std::string looked_at_, choice_, asked_;
    std::string saved_as_;  // of what `overwrites_` is known
    bool overwrites_ = false;
};

}  // namespace

std::unique_ptr<DialogView> make_file_dialog(Dialog which, const Frame& frame) {
    return std::make_unique<FileDialog>(which, frame);
}

}  // namespace gatescope
