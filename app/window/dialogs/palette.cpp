// Ctrl+K: all commands, found by any of their words.
#include <algorithm>
#include <cctype>
#include <sstream>

#include "app/window/actions.h"
#include "app/window/dialogs/dialog.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// Every word of the query occurs in the label or the help.
bool matches(const Action& action, const std::string& query) {
    const std::string words = lower(action.label + " " + action.help);
    std::istringstream stream(lower(query));
    for (std::string word; stream >> word;)
        if (words.find(word) == std::string::npos) return false;
    return true;
}

class PaletteDialog : public DialogView {
  public:
    bool draw(Frame& frame) override {
        bool open = true;
        if (!begin_dialog(frame, "Find a command##palette", 560, 480, open)) return open;
        if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
        ImGui::SetNextItemWidth(-1);
        if (ImGui::InputTextWithHint("##query", "Find a command", &query_)) chosen_ = 0;
        std::vector<const Action*> found;
        for (const Action& action : actions())
            if (action.id != "palette" && matches(action, query_) && (!action.possible || action.possible(frame)))
                found.push_back(&action);
        move(static_cast<int>(found.size()));
        ImGui::Dummy({0, 2});
        const Action* taken = draw_list(frame, found);
        if (found.empty()) secondary_text(frame.theme, "No command has these words.");
        if (taken != nullptr || !open) ImGui::CloseCurrentPopup();
        end_dialog();
        if (taken != nullptr) taken->run(frame);
        return open && taken == nullptr;
    }

  private:
    void move(int count) {
        moved_ = false;
        for (const auto& [key, by] : {std::pair{ImGuiKey_DownArrow, 1}, std::pair{ImGuiKey_UpArrow, -1}})
            if (ImGui::IsKeyPressed(key)) chosen_ += by, moved_ = true;
        chosen_ = std::clamp(chosen_, 0, std::max(count - 1, 0));
    }
    const Action* draw_list(const Frame& frame, const std::vector<const Action*>& found) {
        const Action* taken = nullptr;
        ImGui::BeginChild("##found", ImVec2(0, 0), ImGuiChildFlags_None, ImGuiWindowFlags_NoNav);
        for (int i = 0; i < static_cast<int>(found.size()); ++i) {
            const Action& action = *found[static_cast<std::size_t>(i)];
            const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
            const ImVec2 at = ImGui::GetCursorPos();
            if (ImGui::Selectable(("##" + action.id).c_str(), i == chosen_, 0,
                                  {0, ImGui::GetTextLineHeight() + frame.px(4)}))
                taken = &action;
            if (i == chosen_ && moved_) ImGui::SetScrollHereY();
            ImGui::SetCursorPos({at.x + frame.px(6), at.y + frame.px(2)});
            show_text(action.label);
            const std::string chord = chord_text(action.chord);
            const float end = right - frame.px(8) - mono_width(frame.theme, chord);
            if (!action.help.empty()) {
                ImGui::SameLine(0, frame.px(12));
                fitted_text(frame.theme, action.help, end - ImGui::GetCursorPosX() - frame.px(8),
                            frame.theme.colours.secondary);
            }
            ImGui::SameLine(end);
            mono_text(frame.theme, chord, frame.theme.colours.secondary);
        }
        ImGui::EndChild();
        if (taken == nullptr && ImGui::IsKeyPressed(ImGuiKey_Enter, false) && !found.empty())
            taken = found[static_cast<std::size_t>(chosen_)];
        return taken;
    }

    std::string query_;
    int chosen_ = 0;
    bool moved_ = false;
};

class HelpDialog : public DialogView {
  public:
    bool draw(Frame& frame) override {
        bool open = true;
        if (!begin_dialog(frame, "Shortcuts##help", 860, 0, open)) return open;
        strong_text(frame.theme, "Shortcuts");
        ImGui::SameLine(0, frame.px(12));
        secondary_text(frame.theme,
                       "Wheel zooms the attention map, drag moves it, double click shows it all. Shift click selects "
                       "several heads.");
        ImGui::Dummy({0, frame.px(6)});
        if (ImGui::BeginTable("##keys", 4)) {
            for (const char* name : {"keys 1", "what 1", "keys 2", "what 2"})
                ImGui::TableSetupColumn(
                    name, name[0] == 'k' ? ImGuiTableColumnFlags_WidthFixed : ImGuiTableColumnFlags_WidthStretch,
                    name[0] == 'k' ? frame.px(104) : 0);
            draw_rows(frame);
            ImGui::EndTable();
        }
        if (!ImGui::IsWindowAppearing() &&
            (ImGui::IsMouseClicked(ImGuiMouseButton_Left) || ImGui::IsKeyPressed(ImGuiKey_F1, false)))
            open = false;
        if (!open) ImGui::CloseCurrentPopup();
        end_dialog();
        return open;
    }

  private:
    static void draw_rows(const Frame& frame) {
        std::vector<const Action*> keyed;
        for (const Action& action : actions())
            if (action.chord != 0) keyed.push_back(&action);
        const std::size_t rows = (keyed.size() + 1) / 2;
        for (std::size_t row = 0; row < rows; ++row) {
            ImGui::TableNextRow();
            for (const std::size_t i : {row, row + rows}) {
                if (i >= keyed.size()) continue;
                ImGui::TableNextColumn();
                mono_text(frame.theme, chord_text(keyed[i]->chord), frame.theme.colours.accent);
                ImGui::TableNextColumn();
                ImGui::PushFont(nullptr, frame.theme.small_size());
                show_text(keyed[i]->label);
                ImGui::PopFont();
            }
        }
    }
};

}  // namespace

std::unique_ptr<DialogView> make_palette() {
    return std::make_unique<PaletteDialog>();
}
std::unique_ptr<DialogView> make_help() {
    return std::make_unique<HelpDialog>();
}

}  // namespace gatescope
