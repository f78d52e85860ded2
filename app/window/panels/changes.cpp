// The tokens whose loss a gate changes most, in their context: worse at the left, better at the right. A click leads to
// the query in the attention view.
#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "app/window/loss_changes.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr std::size_t kListed = 60;

class ChangesPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        const int slot = shown_slot(frame);
        const std::string about =
            slot < 0 ? "" : std::string("where ") + (slot == 0 ? "A" : "B") + " changes the loss most";
        begin_panel(frame.theme, box,
                    {"Changes", "Changed tokens", about, [&](float& right) { draw_choices(frame, right); }});
        if (slot < 0)
            draw_nothing(frame);
        else
            draw_lists(frame, slot);
        end_panel();
    }

  private:
    static int shown_slot(const Frame& frame);
    static void draw_choices(Frame& frame, float& right);
    static void draw_nothing(Frame& frame);
    void refresh(const Frame& frame, int slot);
    void draw_lists(Frame& frame, int slot);
    static void draw_list(Frame& frame, const char* id, const std::string& title, const std::vector<LossChange>& list,
                          const ImVec2& size);
    static void draw_row(Frame& frame, const LossChange& change, float number_width);
    static void draw_context(const Frame& frame, const LossChange& change, const ImVec2& at, float width);

    LossStage stage_;
    std::int64_t window_ = -2;
    LossChanges changes_;
    std::vector<LossChange> both_;  // where there is no room for two lists
};

// The slot asked for, else the other one; -1 where neither has losses.
int ChangesPanel::shown_slot(const Frame& frame) {
    const ShownGates gates = shown_gates(frame.snapshot);
    for (const int slot : {frame.view.loss_slot, 1 - frame.view.loss_slot}) {
        const auto gate = gates.of(slot);
        if (frame.run != nullptr && gate && *gate < frame.run->gates.size() &&
            !frame.run->gates[*gate].perplexity.token_nll.empty())
            return slot;
    }
    return -1;
}

void ChangesPanel::draw_choices(Frame& frame, float& right) {
    const Theme& theme = frame.theme;
    bool& all = frame.view.loss_all_windows;
    const float width = menu_width(theme, "all windows");
    place_right(right, width, frame.px(6));
    if (begin_menu(theme, "##windows", all ? "all windows" : "this window", "Where the tokens are looked for", width)) {
        if (menu_choice(theme, "all windows", all, "Of all windows that are done")) all = true;
        if (menu_choice(theme, "this window", !all, "Of the window that is shown")) all = false;
        ImGui::EndPopup();
    }
    const ShownGates gates = shown_gates(frame.snapshot);
    if (gates.a && gates.b)
        slot_switch(theme, "##changes", right, frame.view.loss_slot, "Tokens that gate A changes",
                    "Tokens that gate B changes");
}

void ChangesPanel::draw_nothing(Frame& frame) {
    if (draw_inability(frame, why_no_gates) || draw_inability(frame, why_no_perplexity)) return;
    const Settings& settings = frame.snapshot.settings;
    if (frame.run != nullptr && settings.gate_a == "dense" && settings.gate_b == "dense") {
        if (empty_panel(frame.theme, "A gate changes the loss of some tokens more than of others.", "Switch gate A on"))
            toggle_gate(frame, 0);
        return;
    }
    draw_waiting(frame, "The tokens that a gate changes most");
}

void ChangesPanel::refresh(const Frame& frame, int slot) {
    const std::size_t gate = *shown_gates(frame.snapshot).of(slot);
    const std::int64_t window = frame.view.loss_all_windows ? -1 : frame.view.window;
    LossStage stage = loss_stage(frame.run, gate);
    if (stage_ == stage && window_ == window) return;
    stage_ = std::move(stage), window_ = window;
    changes_ = loss_changes(frame.run->gates[gate].perplexity, frame.run->dense,
                            window < 0 ? std::nullopt : std::optional(window), kListed);
    both_ = changes_.worse;
    both_.insert(both_.end(), changes_.better.begin(), changes_.better.end());
    std::stable_sort(both_.begin(), both_.end(),
                     [](const LossChange& a, const LossChange& b) { return std::abs(a.nats) > std::abs(b.nats); });
    both_.resize(std::min(both_.size(), kListed));
}

void ChangesPanel::draw_lists(Frame& frame, int slot) {
    refresh(frame, slot);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = frame.px(12), half = std::floor((room.x - gap) / 2);
    const ImVec2 at = ImGui::GetCursorPos();
    if (room.x < frame.px(400)) {
        draw_list(frame, "##both", "harder (+) or easier (−) to predict", both_, room);
        return;
    }
    draw_list(frame, "##worse", "harder to predict", changes_.worse, {half, room.y});
    ImGui::SetCursorPos({at.x + half + gap, at.y});
    draw_list(frame, "##better", "easier to predict", changes_.better, {half, room.y});
}

void ChangesPanel::draw_list(Frame& frame, const char* id, const std::string& title,
                             const std::vector<LossChange>& list, const ImVec2& size) {
    ImGui::BeginChild(id, size, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    const float number_width = mono_width(frame.theme, "+00.00");
    secondary_text(frame.theme, title + ", nats");
    ImGui::BeginChild("##rows", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    if (list.empty()) secondary_text(frame.theme, "none");
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(list.size()));
    while (clipper.Step())
        for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
            ImGui::PushID(row);
            draw_row(frame, list[static_cast<std::size_t>(row)], number_width);
            ImGui::PopID();
        }
    ImGui::PopStyleVar();
    ImGui::EndChild();
    ImGui::EndChild();
}

void ChangesPanel::draw_row(Frame& frame, const LossChange& change, float number_width) {
    const Theme& theme = frame.theme;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = theme.small_size() + theme.px(8);
    const bool chosen = frame.view.window == change.window && frame.view.query == change.position;
    if (ImGui::Selectable("##token", chosen, 0, {0, height})) {
        frame.view.window = change.window;
        frame.view.query = change.position;
    }
    if (ImGui::IsItemHovered() && ImGui::BeginTooltip()) {
        mono_text(theme, token_label(frame.run, change.window, change.position), theme.colours.text);
        secondary_text(theme,
                       formatted("%+.2f nats, token %lld of window %lld", static_cast<double>(change.nats),
                                 static_cast<long long>(change.position), static_cast<long long>(change.window + 1)));
        secondary_text(theme, "Click: show what this query attends to");
        ImGui::EndTooltip();
    }
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    const float y = std::round(at.y + (height - ImGui::GetTextLineHeight()) / 2);
    const std::string number = formatted("%+.2f", static_cast<double>(change.nats));
    ImGui::GetWindowDrawList()->AddText({at.x + number_width - ImGui::CalcTextSize(number.c_str()).x, y},
                                        pack(change.nats > 0 ? theme.colours.error : theme.colours.good),
                                        number.c_str());
    const float from = number_width + theme.px(10);
    draw_context(frame, change, {at.x + from, y}, width - from);
    ImGui::PopFont();
}

// The token with the words before it, as many as fit; a few after it.
void ChangesPanel::draw_context(const Frame& frame, const LossChange& change, const ImVec2& at, float width) {
    const auto measure = [](const std::string& text) { return ImGui::CalcTextSize(text.c_str()).x; };
    const auto piece = [&](std::int64_t position) {
        std::string out = token_piece(frame.run, change.window, position);
        std::replace_if(
            out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
        return out;
    };
    const std::string token = fitted(token_label(frame.run, change.window, change.position), width);
    float left = width - measure(token);
    std::string before, after;
    for (std::int64_t position = change.position - 1; position >= 0; --position) {
        const std::string longer = piece(position) + before;
        if (measure(longer) > 0.7F * left) break;
        before = longer;
    }
    if (piece(change.position).starts_with(' ')) before += ' ';
    left -= measure(before);
    const std::int64_t tokens = token_count(frame.run, change.window);
    for (std::int64_t position = change.position + 1; position < tokens; ++position) {
        const std::string longer = after + piece(position);
        if (measure(longer) > left) break;
        after = longer;
    }
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImU32 faint = pack(frame.theme.colours.secondary);
    draw->AddText(at, faint, before.c_str());
    const float token_from = at.x + measure(before), token_to = token_from + measure(token);
    draw->AddRectFilled({token_from - 1, at.y - 1}, {token_to + 1, at.y + ImGui::GetTextLineHeight() + 1},
                        pack(faded(change.nats > 0 ? frame.theme.colours.error : frame.theme.colours.good, 0.22F)), 2);
    draw->AddText({token_from, at.y}, pack(frame.theme.colours.text), token.c_str());
    draw->AddText({token_to, at.y}, faint, after.c_str());
}

}  // namespace

std::unique_ptr<Panel> make_changes_panel(Textures& /*textures*/) {
    return std::make_unique<ChangesPanel>();
}

}  // namespace gatescope
