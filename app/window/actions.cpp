#include "app/window/actions.h"

#include <algorithm>

#include "app/window/colour_maps.h"
#include "app/window/experiment_actions.h"
#include "app/window/lab_actions.h"
#include "app/window/layouts.h"
#include "app/window/selection.h"
#include "app/window/spectra_actions.h"
#include "app/window/training_actions.h"
#include "imgui_internal.h"

namespace gatescope {

namespace {

using Actions = std::vector<Action>;
constexpr int kCtrl = ImGuiMod_Ctrl, kShift = ImGuiMod_Shift;

bool has_model(const Frame& frame) {
    return frame.snapshot.model != nullptr;
}
bool has_run(const Frame& frame) {
    return frame.run != nullptr;
}
bool has_heads(const Frame& frame) {
    return !frame.derived.heads.empty();
}
bool has_capture(const Frame& frame) {
    return frame.snapshot.capture != nullptr;
}

using Run = std::function<void(Frame&)>;
using Possible = std::function<bool(const Frame&)>;

struct Adder {
    Actions& list;
    // An action whose shortcut rests while text is typed.
    void add(std::string id, std::string label, std::string help, int chord, Run run, Possible possible = {}) const {
        list.push_back(
            {std::move(id), std::move(label), std::move(help), chord, false, std::move(run), std::move(possible)});
    }
    void add_always(std::string id, std::string label, std::string help, int chord, Run run,
                    Possible possible = {}) const {
        list.push_back(
            {std::move(id), std::move(label), std::move(help), chord, true, std::move(run), std::move(possible)});
    }
};

Run open(Dialog which) {
    return [which](Frame& frame) { frame.requests.dialog = which; };
}
Run flip(bool ViewState::*what) {
    return [what](Frame& frame) { frame.view.*what = !(frame.view.*what); };
}

void open_samples(Frame& frame) {
    frame.send(OpenModel{"sample"});
    frame.send(OpenText{"sample"});
}
void copy_command(Frame& frame) {
    ImGui::SetClipboardText(frame.snapshot.command_line.c_str());
    frame.requests.notice = "The command is on the clipboard";
}
void cancel_job(Frame& frame) {
    if (!frame.snapshot.jobs.empty()) frame.send(CancelJob{frame.snapshot.jobs.front().id});
}
bool can_cancel(const Frame& frame) {
    return !frame.snapshot.jobs.empty() && frame.snapshot.jobs.front().cancellable;
}

void next_colours(Frame& frame) {
    const auto& maps = colour_maps();
    auto at =
        std::find_if(maps.begin(), maps.end(), [&](const ColourMap& map) { return map.id == frame.view.colours; });
    do at = at == maps.end() || std::next(at) == maps.end() ? maps.begin() : std::next(at);
    while (at->diverging);
    frame.view.colours = at->id;
}
void next_tint(Frame& frame) {
    frame.view.tint = static_cast<TokenTint>((static_cast<int>(frame.view.tint) + 1) % 4);
}
void other_theme(Frame& frame) {
    frame.view.theme = frame.view.theme == ThemeKind::kDark ? ThemeKind::kLight : ThemeKind::kDark;
}

// In the order of the layout. Tab then goes through the panel's controls.
void focus_next_panel(Frame& frame) {
    const Arrangement placed = arrange(layout_info(frame.view.layout).root, {{0, 0}, {1000, 1000}}, 0, {});
    std::vector<std::string> names;
    for (const PlacedPanel& panel : placed.panels) names.push_back(panel_window(panel.id));
    const ImGuiWindow* focused = ImGui::GetCurrentContext()->NavWindow;
    const auto now = std::find(names.begin(), names.end(), focused == nullptr ? "" : focused->RootWindow->Name);
    const bool last = now == names.end() || std::next(now) == names.end();
    ImGui::SetWindowFocus((last ? names.front() : *std::next(now)).c_str());
    ImGui::SetNavCursorVisible(true);
}

void add_files(const Adder& to) {
    to.add_always("open-model", "Open a model…", "A folder with config.json, or a file of weights", kCtrl | ImGuiKey_O,
                  open(Dialog::kOpenModel));
    to.add_always("open-text", "Open a text…", "A UTF-8 text file", kCtrl | ImGuiKey_T, open(Dialog::kOpenText));
    to.add_always("type-text", "Type a text…", "Use words of your own", kCtrl | kShift | ImGuiKey_T,
                  open(Dialog::kTypeText), has_model);
    to.add("sample", "Open the sample model and text", "What the first start shows", 0, open_samples);
    to.add_always("export", "Export a capture…", "Write what is measured into an HDF5 file", kCtrl | ImGuiKey_E,
                  open(Dialog::kExport), has_run);
    to.add_always("open-capture", "Open a capture…", "Show a capture in place of the run", kCtrl | kShift | ImGuiKey_O,
                  open(Dialog::kOpenCapture));
    to.add(
        "close-capture", "Close the capture", "Back to the open model's run", kCtrl | ImGuiKey_W,
        [](Frame& frame) { frame.send(CloseCapture{}); }, has_capture);
    to.add("copy-command", "Copy as command", "The command line that makes what is shown", kCtrl | kShift | ImGuiKey_C,
           copy_command, has_model);
}

void add_work(const Adder& to) {
    to.add(
        "gate-a", "Gate A on or off", "", ImGuiKey_G, [](Frame& frame) { toggle_gate(frame, 0); }, has_model);
    to.add(
        "gate-b", "Gate B on or off", "", ImGuiKey_H, [](Frame& frame) { toggle_gate(frame, 1); }, has_model);
    to.add("swap", "Swap gates A and B", "", ImGuiKey_X, swap_gates, has_model);
    to.add(
        "induction", "Measure induction scores", "A pass over a repeated random sequence", ImGuiKey_I,
        [](Frame& frame) { frame.send(MeasureInduction{}); }, has_model);
    to.add(
        "remeasure", "Measure again", "Goes on with a measurement that was cancelled", ImGuiKey_R,
        [](Frame& frame) { frame.send(Remeasure{}); }, has_model);
    to.add_always("cancel", "Cancel the running job", "", kCtrl | ImGuiKey_Period, cancel_job, can_cancel);
}

void add_moves(const Adder& to) {
    struct Move {
        std::string id, label;
        ImGuiKey key;
        int rows, columns;
    };
    for (const Move& move : {Move{"up", "Head of the layer above", ImGuiKey_UpArrow, -1, 0},
                             Move{"down", "Head of the layer below", ImGuiKey_DownArrow, 1, 0},
                             Move{"left", "Head to the left", ImGuiKey_LeftArrow, 0, -1},
                             Move{"right", "Head to the right", ImGuiKey_RightArrow, 0, 1}})
        for (const bool several : {false, true})
            to.add((several ? "add-" : "") + move.id, move.label + (several ? ", selecting both" : ""),
                   several ? "Selects several heads" : "Moves in the head map", (several ? kShift : 0) | move.key,
                   [rows = move.rows, columns = move.columns, several](Frame& frame) {
                       move_head(frame, rows, columns, several);
                   },
                   has_heads);
    to.add(
        "next-window", "Next window of the text", "", ImGuiKey_RightBracket,
        [](Frame& frame) { move_window(frame, 1); }, has_run);
    to.add(
        "previous-window", "Previous window of the text", "", ImGuiKey_LeftBracket,
        [](Frame& frame) { move_window(frame, -1); }, has_run);
    to.add(
        "next-token", "Outline the next token", "", ImGuiKey_Period, [](Frame& frame) { move_query(frame, 1); },
        has_run);
    to.add(
        "previous-token", "Outline the previous token", "", ImGuiKey_Comma, [](Frame& frame) { move_query(frame, -1); },
        has_run);
}

void add_looks(const Adder& to) {
    to.add("next-metric", "Next figure of the head map", "", ImGuiKey_M, [](Frame& frame) { next_metric(frame, 1); });
    to.add("previous-metric", "Previous figure of the head map", "", kShift | ImGuiKey_M,
           [](Frame& frame) { next_metric(frame, -1); });
    to.add(
        "more-k", "More strongest keys k", "", ImGuiKey_K, [](Frame& frame) { move_k(frame, 1); }, has_run);
    to.add(
        "less-k", "Fewer strongest keys k", "", kShift | ImGuiKey_K, [](Frame& frame) { move_k(frame, -1); }, has_run);
    to.add("scale", "Logarithmic or linear colours", "Of the attention map", ImGuiKey_L, flip(&ViewState::logarithmic));
    to.add("colours", "Next colour map", "viridis, cividis, magma", ImGuiKey_C, next_colours);
    to.add("marks", "Show what the gates keep", "Marks over the attention map", ImGuiKey_V,
           flip(&ViewState::show_marks));
    to.add("kept-both", "Mark the keys that both gates keep", "In the attention map", ImGuiKey_O,
           flip(&ViewState::show_both));
    to.add("kept-a", "Mark the keys that A alone keeps", "In the attention map", ImGuiKey_A,
           flip(&ViewState::show_only_a));
    to.add("kept-b", "Mark the keys that B alone keeps", "In the attention map", ImGuiKey_B,
           flip(&ViewState::show_only_b));
    to.add("missed", "Mark the keys that the gates miss", "Among the oracle's keys, kept by no gate", ImGuiKey_N,
           flip(&ViewState::show_missed));
    to.add("agreement-slot", "Agreement of A or of B", "Whose agreement the head map shows", kShift | ImGuiKey_A,
           [](Frame& frame) { frame.view.metric_slot = 1 - frame.view.metric_slot; });
    to.add("tint", "Next tint of the tokens", "attention, loss, change by A, change by B", ImGuiKey_T, next_tint);
    to.add("theme", "Dark or light", "", ImGuiKey_D, other_theme);
    to.add("panels", "Put the panels back in place", "Undoes moved borders", 0,
           [](Frame& frame) { frame.view.shares.clear(); });
    to.add_always("frame-times", "Frame times", "How long frames take to build and to draw", ImGuiKey_F12,
                  flip(&ViewState::frame_times));
}

void add_program(const Adder& to) {
    for (const LayoutInfo& info : layouts())
        to.add("layout-" + info.name, "Layout: " + info.label, info.help, info.key,
               [id = info.id](Frame& frame) { frame.view.layout = id; });
    to.add_always("next-panel", "Next panel", "Tab goes through its controls", ImGuiKey_F6, focus_next_panel);
    to.add_always("palette", "Find a command", "", kCtrl | ImGuiKey_K, open(Dialog::kPalette));
    to.add_always("help", "Shortcuts", "All keys on one page", ImGuiKey_F1, open(Dialog::kHelp));
    to.add_always("quit", "Quit", "", kCtrl | ImGuiKey_Q, [](Frame& frame) { frame.requests.quit = true; });
}

}  // namespace

const std::vector<Action>& actions() {
    static const Actions list = [] {
        Actions out;
        const Adder to{out};
        add_files(to);
        add_work(to);
        add_moves(to);
        add_looks(to);
        for (Action& action : lab_actions()) out.push_back(std::move(action));
        for (Action& action : spectra_actions()) out.push_back(std::move(action));
        for (Action& action : training_actions()) out.push_back(std::move(action));
        for (Action& action : experiment_actions()) out.push_back(std::move(action));
        add_program(to);
        return out;
    }();
    return list;
}

std::string chord_text(int chord) {
    if (chord == 0) return {};
    const int key = chord & ~ImGuiMod_Mask_;
    std::string out;
    if ((chord & ImGuiMod_Ctrl) != 0) out += "Ctrl+";
    if ((chord & ImGuiMod_Shift) != 0) out += "Shift+";
    switch (key) {
        case ImGuiKey_LeftBracket:
            return out + "[";
        case ImGuiKey_RightBracket:
            return out + "]";
        case ImGuiKey_Period:
            return out + ".";
        case ImGuiKey_Comma:
            return out + ",";
        case ImGuiKey_UpArrow:
            return out + "↑";
        case ImGuiKey_DownArrow:
            return out + "↓";
        case ImGuiKey_LeftArrow:
            return out + "←";
        case ImGuiKey_RightArrow:
            return out + "→";
        default:
            return out + ImGui::GetKeyName(static_cast<ImGuiKey>(key));
    }
}

void run_shortcuts(Frame& frame) {
    const ImGuiIO& io = ImGui::GetIO();
    const bool menu_open = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
    for (const Action& action : actions()) {
        if (action.chord == 0 || (io.WantTextInput && !action.while_typing)) continue;
        // Menus and dialogs have the keyboard to themselves.
        if (menu_open) continue;
        const auto key = static_cast<ImGuiKey>(action.chord & ~ImGuiMod_Mask_);
        const bool arrow = key == ImGuiKey_UpArrow || key == ImGuiKey_DownArrow || key == ImGuiKey_LeftArrow ||
                           key == ImGuiKey_RightArrow;
        // Arrows move in the head map, never from button to button.
        const ImGuiID owner = ImGui::GetID("shortcuts");
        if (arrow) ImGui::SetKeyOwner(key, owner);
        if (io.KeyMods != (action.chord & ImGuiMod_Mask_)) continue;
        if (!ImGui::IsKeyPressed(key, arrow ? ImGuiInputFlags_Repeat : 0, arrow ? owner : ImGuiKeyOwner_Any)) continue;
        if (!action.possible || action.possible(frame)) action.run(frame);
    }
}

}  // namespace gatescope
