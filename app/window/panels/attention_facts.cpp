#include "app/window/panels/attention_facts.h"

#include <algorithm>
#include <cmath>

#include "app/window/panels/mark_legend.h"
#include "app/window/token_text.h"
#include "app/window/widgets/text.h"

namespace gatescope {

void AttentionFacts::refresh(const Frame& frame, std::int64_t query) {
    if (pattern_ == frame.pattern() && query_ == query && k_ == frame.view.k) return;
    pattern_ = frame.pattern();
    query_ = query;
    k_ = frame.view.k;
    facts_ = query_facts(*pattern_, query, k_);
}

void AttentionFacts::draw(Frame& frame, const ImVec2& room, const AttentionImage& image) {
    const PatternMatrix& pattern = *frame.pattern();
    const std::int64_t query = query_in_view(frame.view, pattern.tokens);
    refresh(frame, query);
    const std::int64_t strongest = facts_.strongest.empty() ? 0 : facts_.strongest.front().first;
    const std::int64_t key = std::min(frame.view.hover.key.value_or(strongest), key_count(pattern, query) - 1);
    const float bottom = ImGui::GetCursorScreenPos().y + room.y;
    ImGui::BeginGroup();
    draw_pair(frame, query, key, room.x, image.marks());
    draw_figures(frame, room.x);
    const float below = explain_height(frame, room, image.marks());
    draw_strongest(frame, room.x, bottom - below);
    if (below > 0) {
        ImGui::SetCursorScreenPos({ImGui::GetCursorScreenPos().x, bottom - below + frame.px(8)});
        explain(frame, room.x);
    }
    ImGui::EndGroup();
}

void AttentionFacts::draw_pair(const Frame& frame, std::int64_t query, std::int64_t key, float width,
                               const KeptMarks& marks) const {
    const Theme& theme = frame.theme;
    const PatternMatrix& pattern = *pattern_;
    const bool pointed = frame.view.hover.query.has_value();
    secondary_text(theme, pointed ? "Under the pointer" : frame.view.query < 0 ? "Last token" : "Outlined token");
    const std::string pair =
        token_label(frame.run, pattern.window, query) + " → " + token_label(frame.run, pattern.window, key);
    ImGui::PushFont(theme.fonts.mono, theme.text_size());
    fitted_text(theme, pair, width, theme.colours.text);
    ImGui::PopFont();
    secondary_text(theme,
                   formatted("query %lld, key %lld", static_cast<long long>(query), static_cast<long long>(key)));
    const float probability = pattern.probabilities[static_cast<std::size_t>(query * pattern.tokens + key)];
    mono_text(theme, formatted("%.4f", static_cast<double>(probability)), theme.colours.text, frame.px(20));
    const bool told = marks.gated() && marks.whole();
    secondary_text(theme, told ? mark_words(pattern, marks.at(query, key)) : "probability");
    ImGui::Dummy({0, frame.px(4)});
}

namespace {

constexpr const char* kMarksExplained =
    "Per cents: share of this head's attention. Missed: among a query's strongest keys, as many as the larger gate "
    "keeps there, yet kept by none.";

}  // namespace

// 0 where the colours of the map need no words, or there is no room for them.
float AttentionFacts::explain_height(const Frame& frame, const ImVec2& room, const KeptMarks& marks) {
    if (!marks.gated() || !frame.view.show_marks || room.y < frame.px(440)) return 0;
    ImGui::PushFont(nullptr, frame.theme.small_size());
    const float height = ImGui::CalcTextSize(kMarksExplained, nullptr, false, room.x).y;
    ImGui::PopFont();
    return height + frame.px(8);
}

void AttentionFacts::explain(const Frame& frame, float width) {
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width);
    secondary_text(frame.theme, kMarksExplained);
    ImGui::PopTextWrapPos();
}

void AttentionFacts::draw_figures(const Frame& frame, float width) const {
    const Theme& theme = frame.theme;
    const float label = frame.px(88), value = std::min(width, frame.px(176)) - label;
    const auto share = [](float part) {
        return std::isnan(part) ? std::string("–") : formatted("%5.1f %%", 100 * static_cast<double>(part));
    };
    value_row(theme, "entropy", formatted("%.2f nats", static_cast<double>(facts_.entropy)), label, value);
    value_row(theme, formatted("top %lld", static_cast<long long>(k_)), share(facts_.top_k), label, value);
    value_row(theme, "90 % in", formatted("%lld keys", static_cast<long long>(facts_.keys_90)), label, value);
    value_row(theme, "first token", share(facts_.first), label, value);
    value_row(theme, "previous", share(facts_.previous), label, value);
    value_row(theme, "itself", share(facts_.self), label, value);
    ImGui::Dummy({0, frame.px(4)});
}

void AttentionFacts::draw_strongest(Frame& frame, float width, float bottom) const {
    const Theme& theme = frame.theme;
    const float row = theme.small_size() + frame.px(6), value = frame.px(56),
                name = std::min(frame.px(120), width * 0.4F);
    if (bottom - ImGui::GetCursorScreenPos().y < 3 * row) return;
    secondary_text(theme, "Strongest keys");
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float from = ImGui::GetCursorScreenPos().x;
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    for (const auto& [key, probability] : facts_.strongest) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (at.y + row > bottom) break;
        ImGui::PushID(static_cast<int>(key));
        ImGui::InvisibleButton("##key", {width, row - 2});
        ImGui::PopID();
        if (ImGui::IsItemHovered()) {
            frame.requests.hover.key = key;
            draw->AddRectFilled({at.x - 4, at.y}, {at.x + width, at.y + row - 1}, pack(theme.colours.raised), 3);
        }
        ImGui::SetCursorScreenPos({at.x, at.y + row});
        const std::string label = fitted(token_label(frame.run, pattern_->window, key), name - frame.px(8));
        draw->AddText({at.x, at.y + 1}, pack(theme.colours.text), label.c_str());
        const float bar_from = from + name, bar_room = std::max(0.0F, width - name - value);
        const float peak = std::max(facts_.strongest.front().second, 1e-6F);
        draw->AddRectFilled({bar_from, at.y + frame.px(5)},
                            {bar_from + std::max(1.0F, bar_room * probability / peak), at.y + row - frame.px(5)},
                            pack(faded(theme.colours.accent, 0.75F)), 2);
        const std::string number = formatted("%.3f", static_cast<double>(probability));
        draw->AddText({at.x + width - ImGui::CalcTextSize(number.c_str()).x, at.y + 1}, pack(theme.colours.secondary),
                      number.c_str());
    }
    ImGui::PopFont();
    ImGui::Dummy({0, 0});
}

}  // namespace gatescope
