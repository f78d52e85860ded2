#include "app/window/panels/gate_card.h"

#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "app/window/gate_words.h"
#include "app/window/selection.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

const GateResult* result_of(const Frame& frame, int slot) {
    const auto gate = shown_gates(frame.snapshot).of(slot);
    return frame.run == nullptr || !gate || *gate >= frame.run->gates.size() ? nullptr : &frame.run->gates[*gate];
}

double number_in(const ParamValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* part = std::get_if<double>(&value)) return *part;
    return 0;
}

}  // namespace

void GateCard::send(Frame& frame, const std::string& syntax) {
    if (syntax.empty()) return;
    if (syntax != "dense") frame.view.last_gate[static_cast<std::size_t>(slot_)] = syntax;
    frame.send(SetGate{slot_ == 0 ? GateSlot::kA : GateSlot::kB, syntax});
}

void GateCard::draw(Frame& frame, float width) {
    const Settings& settings = frame.snapshot.settings;
    const std::string& setting = slot_ == 0 ? settings.gate_a : settings.gate_b;
    draft_.follow(setting);
    if (const std::string now = draft_.syntax(); now != shown_setting_) {
        shown_setting_ = syntax_ = now;
        layers_ = draft_.simple() ? draft_.term().layers.print() : "";
        heads_ = draft_.simple() ? draft_.term().heads.print() : "";
    }
    const ImVec4& colour = slot_colour(frame.theme, slot_);
    ImGui::SetNextWindowSize({width, 0});
    begin_card(frame.theme, slot_ == 0 ? "A" : "B", colour);
    draw_head(frame);
    if (draft_.simple())
        draw_parameters(frame);
    else
        draw_syntax(frame);
    if (!draft_.error().empty()) {
        ImGui::PushTextWrapPos(0);
        coloured_text(frame.theme.colours.error, draft_.error());
        ImGui::PopTextWrapPos();
    }
    if (!draft_.spec().dense()) draw_result(frame);
    end_card(frame.theme, colour);
}

void GateCard::draw_head(Frame& frame) {
    const Theme& theme = frame.theme;
    const ImVec4& colour = slot_colour(theme, slot_);
    const bool on = !draft_.spec().dense();
    const float side = ImGui::GetFrameHeight() - theme.px(4);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton("##switch", {side, side + theme.px(4)}, ImGuiButtonFlags_EnableNav))
        send(frame,
             on ? draft_.choose("dense") : draft_.set_syntax(frame.view.last_gate[static_cast<std::size_t>(slot_)]));
    tooltip(theme, slot_ == 0 ? "Switch gate A on or off (G)" : "Switch gate B on or off (H)");
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImVec2 from(at.x, at.y + theme.px(2)), to(from.x + side, from.y + side);
    if (on)
        draw->AddRectFilled(from, to, pack(colour), theme.px(3));
    else
        draw->AddRect(from, to, pack(colour), theme.px(3), 1.5F);
    ImGui::PushFont(theme.fonts.strong, theme.text_size());
    const char* letter = slot_ == 0 ? "A" : "B";
    const ImVec2 size = ImGui::CalcTextSize(letter);
    draw->AddText({std::round((from.x + to.x - size.x) / 2), std::round((from.y + to.y - size.y) / 2)},
                  pack(on ? theme.colours.panel : colour), letter);
    ImGui::PopFont();
    ImGui::SameLine(0, theme.px(8));
    const std::string kind = draft_.simple() ? gate_info(draft_.term().id).label : "composed";
    if (begin_menu(theme, "##kind", kind,
                   draft_.simple() ? gate_info(draft_.term().id).help : "Several gates, each with its own heads")) {
        for (const GateInfo& info : gate_infos())
            if (menu_choice(theme, info.label, draft_.simple() && info.id == draft_.term().id, info.help))
                send(frame, draft_.choose(info.id));
        ImGui::EndPopup();
    }
    const GateResult* result = result_of(frame, slot_);
    if (!on || result == nullptr || std::isnan(result->sparsity)) return;
    ImGui::SameLine(0, theme.px(10));
    ImGui::AlignTextToFramePadding();
    secondary_text(theme, formatted("keeps %.1f %%", 100 * (1 - result->sparsity)));
    tooltip(theme, "Share of the keys that the last query of a window still uses");
}

void GateCard::draw_parameters(Frame& frame) {
    const GateInfo& info = gate_info(draft_.term().id);
    if (info.id == "dense") {
        secondary_text(frame.theme, "All keys. Choose a kind to compare it.");
        return;
    }
    const float label_width = std::min(frame.px(116), ImGui::GetContentRegionAvail().x * 0.4F);
    for (const ParamSpec& spec : info.params) draw_parameter(frame, spec, label_width);
    draw_places(frame, label_width);
    if (info.traits.decoding_method) secondary_text(frame.theme, "A decoding method: teacher forcing simulates it.");
}

void GateCard::draw_parameter(Frame& frame, const ParamSpec& spec, float label_width) {
    const ParamValue& value = draft_.term().values.at(spec.key);
    if (spec.kind == ParamKind::kInteger || spec.kind == ParamKind::kReal) {
        // A slider over more keys than a window has would be useless: the number field takes larger ones.
        const auto window = static_cast<double>(frame.snapshot.settings.window_length);
        const bool whole = spec.kind == ParamKind::kInteger;
        const SliderRange range{spec.least, whole ? std::max(spec.least + 1, std::min(spec.most, window)) : spec.most,
                                spec.logarithmic, whole};
        double number = number_in(value);
        const bool acted =
            slider_row(frame.theme, spec.label, spec.help, range, slot_colour(frame.theme, slot_), label_width, number);
        ParamValue& held = draft_.term().values.at(spec.key);
        if (whole)
            held = static_cast<std::int64_t>(std::llround(number));
        else
            held = number;
        if (acted) send(frame, draft_.set(spec.key, ParamValue(held)));
        return;
    }
    const float from = ImGui::GetCursorPosX();
    ImGui::AlignTextToFramePadding();
    show_text(spec.label);
    tooltip(frame.theme, spec.help);
    ImGui::SameLine(from + label_width);
    if (spec.kind == ParamKind::kFlag) {
        bool on = std::get<bool>(value);
        if (ImGui::Checkbox(("##" + spec.key).c_str(), &on)) send(frame, draft_.set(spec.key, on));
    } else {
        std::string path = std::get<std::string>(value);
        if (text_field(("##" + spec.key).c_str(), path, "path of the gate's file", ImGui::GetContentRegionAvail().x))
            send(frame, draft_.set(spec.key, path));
    }
}

void GateCard::draw_places(Frame& frame, float label_width) {
    const float from = ImGui::GetCursorPosX(), width = ImGui::GetContentRegionAvail().x;
    const float field = std::floor((width - label_width - frame.px(8)) / 2);
    ImGui::AlignTextToFramePadding();
    show_text("Layers, heads");
    tooltip(frame.theme, "Where the gate applies, as in 0-3,7; the other heads stay dense");
    ImGui::SameLine(from + label_width);
    if (text_field("##layers", layers_, "all", field)) send(frame, draft_.set_layers(layers_));
    ImGui::SameLine(from + label_width + field + frame.px(8));
    if (text_field("##heads", heads_, "all", field)) send(frame, draft_.set_heads(heads_));
}

void GateCard::draw_syntax(Frame& frame) {
    secondary_text(frame.theme, "Composed gate, later parts take the heads they name");
    if (text_field("##syntax", syntax_, "oracle:k=16@0-3+oracle:k=64@4-29", ImGui::GetContentRegionAvail().x))
        send(frame, draft_.set_syntax(syntax_));
}

void GateCard::draw_result(const Frame& frame) const {
    const Theme& theme = frame.theme;
    if (const std::string none = inability(frame, why_no_perplexity); !none.empty()) {
        ImGui::PushTextWrapPos(0);
        secondary_text(theme, none);
        ImGui::PopTextWrapPos();
        return;
    }
    const GateResult* result = result_of(frame, slot_);
    const PerplexityEstimate estimate = result == nullptr ? PerplexityEstimate() : result->perplexity.estimate;
    ImGui::Dummy({0, theme.px(2)});
    const float big = theme.px(26), from = ImGui::GetCursorPosX(), top = ImGui::GetCursorPosY();
    mono_text(theme, perplexity_number(estimate), slot_colour(theme, slot_), big);
    const float beside =
        from + std::max(mono_width(theme, "00.00", big), mono_width(theme, perplexity_number(estimate), big)) +
        theme.px(12);
    ImGui::SetCursorPos({beside, top});
    secondary_text(theme, "perplexity");
    ImGui::SetCursorPos({beside, top + theme.px(16)});
    secondary_text(theme, std::isnan(estimate.perplexity) ? "measuring…" : interval_words(estimate));
    ImGui::SetCursorPos({from, top + theme.px(38)});
    const PairedDifference difference = result == nullptr ? PairedDifference() : result->from_dense;
    mono_text(theme, difference_number(difference), theme.colours.text);
    const std::string words = difference_words(difference, "dense");
    ImGui::SameLine(0, theme.px(8));
    if (ImGui::GetContentRegionAvail().x < ImGui::CalcTextSize(words.c_str()).x) ImGui::NewLine();
    secondary_text(theme, words);
}

}  // namespace gatescope
