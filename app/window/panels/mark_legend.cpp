#include "app/window/panels/mark_legend.h"

#include <vector>

#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct MarkInfo {
    Mark mark;
    bool ViewState::*shown;
    std::string label, brief, help;
    ImVec4 colour;
};

struct Gates {
    bool a = false, b = false;
    bool both() const { return a && b; }
};
Gates gates_of(const PatternMatrix* pattern) {
    if (pattern == nullptr) return {};
    return {!pattern->kept_a.empty(), !pattern->kept_b.empty()};
}

// The marks that can occur, in the order of the line.
std::vector<MarkInfo> mark_infos(const Theme& theme, const Gates& gates) {
    const Palette& colours = theme.colours;
    const std::string missed = "Keys among the strongest of their query, as many as the larger gate keeps there, that ";
    std::vector<MarkInfo> out;
    if (gates.both())
        out.push_back(
            {Mark::kBoth, &ViewState::show_both, "both keep", "both", "Pairs that both gates keep (O)", colours.both});
    if (gates.a)
        out.push_back({Mark::kOnlyA, &ViewState::show_only_a, gates.b ? "only A" : "A keeps", "A",
                       gates.b ? "Pairs that gate A keeps and gate B drops (A)" : "Pairs that gate A keeps (A)",
                       colours.gate_a});
    if (gates.b)
        out.push_back({Mark::kOnlyB, &ViewState::show_only_b, gates.a ? "only B" : "B keeps", "B",
                       gates.a ? "Pairs that gate B keeps and gate A drops (B)" : "Pairs that gate B keeps (B)",
                       colours.gate_b});
    if (gates.a || gates.b)
        out.push_back({Mark::kMissed, &ViewState::show_missed, gates.both() ? "both miss" : "missed", "missed",
                       missed + (gates.both() ? "neither gate keeps (N)" : "the gate does not keep (N)"),
                       colours.missed});
    return out;
}

std::string share_words(const KeptMarks& marks, Mark mark) {
    return marks.whole() ? formatted("%4.1f %%", 100 * marks.share(mark).mass) : "  …  ";
}

std::string help_of(const KeptMarks& marks, const MarkInfo& info) {
    if (!marks.whole()) return info.help;
    const MarkShare& share = marks.share(info.mark);
    return info.help + formatted(".\n%s pairs with %.2f %% of this head's attention mass in this window.",
                                 grouped(share.pairs).c_str(), 100 * share.mass);
}

float mark_width(const Frame& frame, const std::string& label) {
    return legend_width(frame.theme, label) + frame.px(6) + mono_width(frame.theme, "00.0 %");
}

float line_width(const Frame& frame, const std::vector<MarkInfo>& infos, std::string MarkInfo::*label) {
    float width = 0;
    for (const MarkInfo& info : infos) width += mark_width(frame, info.*label) + frame.px(14);
    return width;
}

void draw_mark(Frame& frame, const KeptMarks& marks, const MarkInfo& info, const std::string& label) {
    bool& on = frame.view.*info.shown;
    ImGui::PushID(static_cast<int>(info.mark));
    if (legend_switch(frame.theme, info.colour, label, on && frame.view.show_marks, help_of(marks, info), true)) {
        on = !on || !frame.view.show_marks;
        frame.view.show_marks = true;
    }
    ImGui::PopID();
    ImGui::SameLine(0, frame.px(6));
    ImGui::AlignTextToFramePadding();
    mono_text(frame.theme, share_words(marks, info.mark), frame.theme.colours.secondary);
}

}  // namespace

bool draw_mark_header(Frame& frame, const KeptMarks& marks, float& right) {
    const std::vector<MarkInfo> infos = mark_infos(frame.theme, gates_of(frame.pattern().get()));
    if (infos.empty()) return false;
    const float room = right - frame.px(240);  // the title, and whose map it is
    const auto label = line_width(frame, infos, &MarkInfo::label) <= room ? &MarkInfo::label : &MarkInfo::brief;
    if (line_width(frame, infos, label) > room) return false;
    for (auto info = infos.rbegin(); info != infos.rend(); ++info) {
        place_right(right, mark_width(frame, (*info).*label), frame.px(14));
        draw_mark(frame, marks, *info, (*info).*label);
    }
    return true;
}

void draw_mark_line(Frame& frame, const KeptMarks& marks, float width) {
    const std::vector<MarkInfo> infos = mark_infos(frame.theme, gates_of(frame.pattern().get()));
    if (infos.empty()) return;
    const float words = line_width(frame, infos, &MarkInfo::label);
    const auto label = words <= width ? &MarkInfo::label : &MarkInfo::brief;
    const ImVec2 at = ImGui::GetCursorPos();
    for (const MarkInfo& info : infos) {
        draw_mark(frame, marks, info, info.*label);
        ImGui::SameLine(0, frame.px(14));
    }
    const std::string of = "of the attention mass";
    if (words + ImGui::CalcTextSize(of.c_str()).x <= width) {
        ImGui::AlignTextToFramePadding();
        secondary_text(frame.theme, of);
    } else {
        ImGui::NewLine();
    }
    ImGui::SetCursorPos({at.x, at.y + ImGui::GetFrameHeight() + frame.px(6)});
}

void style_marks(const Frame& frame, ImageStyle& style) {
    style.ground = pack(frame.theme.colours.ground);
    if (!frame.view.show_marks) return;
    for (const MarkInfo& info : mark_infos(frame.theme, gates_of(frame.pattern().get())))
        if (frame.view.*info.shown) style.marks[static_cast<std::size_t>(info.mark)] = pack(info.colour);
}

std::string mark_words(const PatternMatrix& pattern, Mark mark) {
    const bool two = gates_of(&pattern).both();
    switch (mark) {
        case Mark::kBoth:
            return "kept by both gates";
        case Mark::kOnlyA:
            return two ? "kept by A alone" : "kept by A";
        case Mark::kOnlyB:
            return two ? "kept by B alone" : "kept by B";
        case Mark::kMissed:
            return two ? "missed by both gates" : "missed by the gate";
        case Mark::kNone:
            return two ? "kept by neither gate" : "not kept";
    }
    return {};
}

}  // namespace gatescope
