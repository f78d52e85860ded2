// The window's text as tokens, tinted by attention, by loss, or by what a gate changes. Only lines in sight are drawn.
#include <algorithm>
#include <cmath>

#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/query_facts.h"
#include "app/window/selection.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Piece {
    std::int64_t position = 0;
    float from = 0, width = 0;
    std::string text;
};

class TokensPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box,
                    {"Tokens", "Tokens", about(frame), [&](float& right) { draw_choices(frame, right); }});
        if (token_count(frame.run, frame.view.window) == 0)
            draw_waiting(frame, "The text");
        else
            draw_text(frame);
        end_panel();
    }

  private:
    static std::string about(const Frame& frame);
    static void draw_choices(Frame& frame, float& right);
    void draw_text(Frame& frame);
    void wrap(const Frame& frame, float width);
    void draw_line(Frame& frame, const std::vector<Piece>& line, const ImVec2& at, float height);
    static ImVec4 tint(const Frame& frame, std::int64_t position);
    static const std::vector<float>* losses(const Frame& frame, int slot);
    static void explain(const Frame& frame, std::int64_t position);

    std::vector<std::vector<Piece>> lines_;
    std::shared_ptr<const TextWindows> wrapped_text_;
    std::int64_t wrapped_window_ = -1;
    float wrapped_width_ = 0, wrapped_size_ = 0;
};

struct TintInfo {
    TokenTint tint;
    const char* label;
    const char* about;
};
constexpr TintInfo kTints[] = {
    {TokenTint::kAttention, "attention", "tinted by the attention of the outlined query"},
    {TokenTint::kLoss, "loss", "tinted by the loss of each token under dense attention"},
    {TokenTint::kGateA, "change by A", "tinted by what gate A adds to each token's loss"},
    {TokenTint::kGateB, "change by B", "tinted by what gate B adds to each token's loss"},
};
const TintInfo& tint_info(TokenTint tint) {
    return *std::find_if(std::begin(kTints), std::end(kTints), [&](const TintInfo& info) { return info.tint == tint; });
}

std::string TokensPanel::about(const Frame& frame) {
    return tint_info(frame.view.tint).about;
}

void TokensPanel::draw_choices(Frame& frame, float& right) {
    const Theme& theme = frame.theme;
    const TintInfo& now = tint_info(frame.view.tint);
    place_right(right, menu_width(theme, now.label), frame.px(6));
    if (begin_menu(theme, "##tint", now.label, "What tints the tokens (T: next)")) {
        for (const TintInfo& info : kTints)
            if (menu_choice(theme, info.label, info.tint == now.tint, info.about)) frame.view.tint = info.tint;
        ImGui::EndPopup();
    }
    const std::int64_t windows = window_count(frame.run);
    if (windows < 2) return;
    const std::string shown = formatted("window %lld", static_cast<long long>(frame.view.window + 1));
    const float width = menu_width(theme, formatted("window %lld", static_cast<long long>(windows)));
    place_right(right, width, frame.px(6));
    if (!begin_menu(theme, "##window", shown, "Window of the text that is shown ([ and ])", width)) return;
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(windows));
    while (clipper.Step())
        for (int window = clipper.DisplayStart; window < clipper.DisplayEnd; ++window)
            if (menu_choice(theme, formatted("window %d", window + 1), window == frame.view.window))
                frame.view.window = window;
    ImGui::EndPopup();
}

const std::vector<float>* TokensPanel::losses(const Frame& frame, int slot) {
    const PerplexityResult* result = &frame.run->dense;
    if (slot >= 0) {
        const auto gate = shown_gates(frame.snapshot).of(slot);
        if (!gate || *gate >= frame.run->gates.size()) return nullptr;
        result = &frame.run->gates[*gate].perplexity;
    }
    const auto window = static_cast<std::size_t>(frame.view.window);
    return window < result->token_nll.size() ? &result->token_nll[window] : nullptr;
}

float loss_at(const std::vector<float>* losses, std::int64_t position) {
    return losses == nullptr || position >= std::ssize(*losses) ? kNaN : (*losses)[static_cast<std::size_t>(position)];
}

ImVec4 TokensPanel::tint(const Frame& frame, std::int64_t position) {
    const Palette& colours = frame.theme.colours;
    const TokenTint by = frame.view.tint;
    if (by == TokenTint::kAttention) {
        const PatternMatrix* pattern = frame.pattern().get();
        if (pattern == nullptr || pattern->window != frame.view.window) return {};
        const std::int64_t query = query_in_view(frame.view, pattern->tokens);
        if (position >= key_count(*pattern, query)) return {};
        const float probability = pattern->probabilities[static_cast<std::size_t>(query * pattern->tokens + position)];
        return faded(colours.accent, 0.75F * std::sqrt(std::clamp(probability / 0.25F, 0.0F, 1.0F)));
    }
    if (by == TokenTint::kLoss) {
        const float loss = loss_at(losses(frame, -1), position);
        return std::isnan(loss) ? ImVec4() : faded(colours.warning, 0.55F * std::clamp(loss / 10.0F, 0.0F, 1.0F));
    }
    const float change =
        loss_at(losses(frame, by == TokenTint::kGateA ? 0 : 1), position) - loss_at(losses(frame, -1), position);
    if (std::isnan(change)) return {};
    return faded(change > 0 ? colours.error : colours.good,
                 0.6F * std::sqrt(std::clamp(std::abs(change) / 4.0F, 0.0F, 1.0F)));
}

void TokensPanel::wrap(const Frame& frame, float width) {
    const float size = frame.theme.text_size();
    if (wrapped_text_ == frame.run->text && wrapped_window_ == frame.view.window && wrapped_width_ == width &&
        wrapped_size_ == size)
        return;
    wrapped_text_ = frame.run->text, wrapped_window_ = frame.view.window, wrapped_width_ = width, wrapped_size_ = size;
    lines_.assign(1, {});
    float x = 0;
    const std::int64_t tokens = token_count(frame.run, wrapped_window_);
    for (std::int64_t position = 0; position < tokens; ++position) {
        const std::string piece = token_piece(frame.run, wrapped_window_, position);
        const bool breaks = piece.find('\n') != std::string::npos;
        Piece drawn{position, 0, 0, breaks ? "↵" : piece};
        std::replace(drawn.text.begin(), drawn.text.end(), '\t', ' ');
        drawn.width = ImGui::CalcTextSize(drawn.text.c_str()).x;
        if (x > 0 && x + drawn.width > width) {
            lines_.emplace_back();
            x = 0;
        }
        // Lines begin with a word, not with the space before it.
        if (x == 0 && drawn.text.size() > 1 && drawn.text.front() == ' ') {
            drawn.text.erase(0, 1);
            drawn.width = ImGui::CalcTextSize(drawn.text.c_str()).x;
        }
        drawn.from = x;
        x += drawn.width;
        lines_.back().push_back(std::move(drawn));
        if (breaks) {
            lines_.emplace_back();
            x = 0;
        }
    }
}

void TokensPanel::explain(const Frame& frame, std::int64_t position) {
    if (!ImGui::BeginTooltip()) return;
    const Theme& theme = frame.theme;
    mono_text(theme, token_label(frame.run, frame.view.window, position), theme.colours.text);
    std::string line = formatted("token %lld", static_cast<long long>(position));
    const float dense = loss_at(losses(frame, -1), position);
    if (!std::isnan(dense)) line += formatted("  ·  loss %.2f nats", static_cast<double>(dense));
    for (const int slot : {0, 1}) {
        const float gated = loss_at(losses(frame, slot), position);
        if (!std::isnan(gated - dense))
            line += formatted("  ·  %s %+.2f", slot == 0 ? "A" : "B", static_cast<double>(gated - dense));
    }
    secondary_text(theme, line);
    ImGui::EndTooltip();
}

void TokensPanel::draw_line(Frame& frame, const std::vector<Piece>& line, const ImVec2& at, float height) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const Theme& theme = frame.theme;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const bool over_line = ImGui::IsWindowHovered() && mouse.y >= at.y && mouse.y < at.y + height;
    for (const Piece& piece : line) {
        const ImVec2 from(at.x + piece.from, at.y), to(from.x + piece.width, at.y + height - 2);
        const ImVec4 colour = tint(frame, piece.position);
        if (colour.w > 0.02F) draw->AddRectFilled(from, to, pack(colour), 2);
        const bool over = over_line && mouse.x >= from.x && mouse.x < to.x;
        if (over) {
            frame.requests.hover.query = piece.position;
            explain(frame, piece.position);
            if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) frame.view.query = piece.position;
        }
        const bool chosen = piece.position == frame.view.query;
        if (chosen || frame.view.hover.key == piece.position || over)
            draw->AddRect(from, to, pack(chosen ? theme.colours.selected : theme.colours.secondary), 2,
                          chosen ? 1.5F : 1.0F);
        const bool mark = piece.text == "↵";
        draw->AddText({from.x, from.y + frame.px(2)},
                      pack(mark ? faded(theme.colours.secondary, 0.6F) : theme.colours.text), piece.text.c_str());
    }
}

void TokensPanel::draw_text(Frame& frame) {
    const Theme& theme = frame.theme;
    ImGui::BeginChild("##text", ImVec2(0, 0), ImGuiChildFlags_None, ImGuiWindowFlags_NoNav);
    ImGui::PushFont(theme.fonts.mono, theme.text_size());
    const float height = ImGui::GetTextLineHeight() + frame.px(6);
    wrap(frame, ImGui::GetWindowWidth() - ImGui::GetStyle().ScrollbarSize - 2);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(lines_.size()), height);
    while (clipper.Step())
        for (int line = clipper.DisplayStart; line < clipper.DisplayEnd; ++line) {
            draw_line(frame, lines_[static_cast<std::size_t>(line)], ImGui::GetCursorScreenPos(), height);
            ImGui::Dummy({1, height});
        }
    ImGui::PopStyleVar();
    ImGui::PopFont();
    ImGui::EndChild();
}

}  // namespace

std::unique_ptr<Panel> make_tokens_panel(Textures& /*textures*/) {
    return std::make_unique<TokensPanel>();
}

}  // namespace gatescope
