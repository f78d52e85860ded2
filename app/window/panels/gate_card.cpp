#include "app/window/panels/gate_card.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/abilities.h"
#include "app/window/gate_words.h"
#include "app/window/selection.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

const GateResult* result_of(const Frame& frame, int slot) {
    const auto gate = shown_gates(frame.snapshot).of(slot);
    return frame.run == nullptr || !gate || *gate >= frame.run->gates.size() ? nullptr : &frame.run->gates[*gate];
}

// A slider over more keys than a window has, or ranks than a head has channels, would be useless: the number field
// takes larger ones.
double slider_end(const Frame& frame, const ParamSpec& spec) {
    const ModelSummary* model = frame.snapshot.model.get();
    auto end = static_cast<double>(frame.snapshot.settings.window_length);
    if (spec.end == ParamEnd::kHeadWidth && model != nullptr) end = static_cast<double>(model->config.d_head);
    return std::max(spec.least + 1, std::min(spec.most, end));
}

double number_in(const ParamValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* part = std::get_if<double>(&value)) return *part;
    return 0;
}

}  // namespace

void GateCard::send(Frame& frame, const std::string& syntax) {
    if (!syntax.empty()) set_gate(frame, slot_, syntax);
}

void GateCard::take_picked(Frame& frame) {
    const std::string path = std::exchange(picked_->path, {});
    if (!path.empty() && draft_.simple() && draft_.term().values.contains(picked_->key))
        send(frame, draft_.set(picked_->key, path));
}

void GateCard::draw(Frame& frame, float width, bool roomy) {
    const Settings& settings = frame.snapshot.settings;
    const std::string& setting = slot_ == 0 ? settings.gate_a : settings.gate_b;
    draft_.follow(setting);
    take_picked(frame);
    if (const std::string now = draft_.syntax(); now != shown_setting_) {
        shown_setting_ = syntax_ = now;
        layers_ = draft_.simple() ? draft_.term().layers.print() : "";
        heads_ = draft_.simple() ? draft_.term().heads.print() : "";
    }
    const ImVec4& colour = slot_colour(frame.theme, slot_);
    ImGui::SetNextWindowSize({width, 0});
    begin_card(frame.theme, slot_ == 0 ? "A" : "B", colour);
    draw_head(frame);
    if (draft_.simple() && !as_text_)
        draw_parameters(frame, roomy);
    else
        draw_syntax(frame);
    if (!draft_.error().empty()) {
        ImGui::PushTextWrapPos(0);
        coloured_text(frame.theme.colours.error, draft_.error());
        ImGui::PopTextWrapPos();
    }
    if (!draft_.spec().dense()) {
        draw_result(frame);
        draw_cautions(frame);
    }
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
    draw_kinds(frame);
    const GateResult* result = result_of(frame, slot_);
    if (!on || result == nullptr || std::isnan(result->sparsity)) return;
    const std::string keeps = formatted("keeps %.1f %%", 100 * (1 - result->sparsity));
    ImGui::SameLine(0, theme.px(10));
    if (ImGui::GetContentRegionAvail().x < ImGui::CalcTextSize(keeps.c_str()).x) ImGui::NewLine();
    ImGui::AlignTextToFramePadding();
    secondary_text(theme, keeps);
    tooltip(theme, "Share of the keys that the last query of a window still uses");
}

// All gates under the headings that they bring along.
void GateCard::draw_kinds(Frame& frame) {
    const Theme& theme = frame.theme;
    const bool simple = draft_.simple();
    const std::string kind = simple ? gate_info(draft_.term().id).label : "composed";
    const std::string help = simple ? gate_help(gate_info(draft_.term().id)) : "Several gates, each with its own heads";
    if (!begin_menu(theme, "##kind", kind, help)) return;
    std::vector<std::string> groups;
    for (const GateInfo& info : gate_infos())
        if (std::find(groups.begin(), groups.end(), gate_group(info)) == groups.end())
            groups.push_back(gate_group(info));
    for (const std::string& group : groups) {
        if (!group.empty()) secondary_text(theme, group);
        for (const GateInfo& info : gate_infos()) {
            if (gate_group(info) != group) continue;
            const bool chosen = simple && info.id == draft_.term().id;
            if (!menu_choice(theme, info.label, chosen, gate_help(info), info.id)) continue;
            as_text_ = false;
            send(frame, draft_.choose(info.id));
        }
        ImGui::Dummy({0, theme.px(2)});
    }
    if (menu_choice(theme, "Composed, as text", !simple || as_text_, "Several gates, each with its own heads"))
        as_text_ = true;
    ImGui::EndPopup();
}

void GateCard::draw_about(const Frame& frame, const GateInfo& info, bool roomy) {
    ImGui::PushFont(nullptr, frame.theme.small_size());
    if (roomy) {
        ImGui::PushTextWrapPos(0);
        coloured_text(frame.theme.colours.secondary, info.help);
        ImGui::PopTextWrapPos();
    }
    coloured_text(frame.theme.colours.secondary, fitted(gate_about(info), ImGui::GetContentRegionAvail().x));
    ImGui::PopFont();
    tooltip(frame.theme, gate_help(info));
}

void GateCard::draw_parameters(Frame& frame, bool roomy) {
    const GateInfo& info = gate_info(draft_.term().id);
    if (info.id == "dense") {
        secondary_text(frame.theme, "All keys. Choose a kind to compare it.");
        return;
    }
    draw_about(frame, info, roomy);
    const float label_width = std::min(frame.px(116), ImGui::GetContentRegionAvail().x * 0.4F);
    for (const ParamSpec& spec : info.params) draw_parameter(frame, spec, label_width);
    draw_places(frame, label_width);
    if (roomy) draw_place_presets(frame, label_width);
    if (info.traits.decoding_method) secondary_text(frame.theme, "A decoding method: teacher forcing simulates it.");
}

void GateCard::draw_parameter(Frame& frame, const ParamSpec& spec, float label_width) {
    const ParamValue& value = draft_.term().values.at(spec.key);
    if (spec.kind == ParamKind::kInteger || spec.kind == ParamKind::kReal) {
        const bool whole = spec.kind == ParamKind::kInteger;
        const SliderRange range{spec.least, whole ? slider_end(frame, spec) : spec.most, spec.logarithmic, whole};
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
    } else if (spec.kind == ParamKind::kText) {
        std::string typed = std::get<std::string>(value);
        if (text_field(("##" + spec.key).c_str(), typed, "", ImGui::GetContentRegionAvail().x))
            send(frame, draft_.set(spec.key, typed));
    } else {
        draw_file(frame, spec, std::get<std::string>(value));
    }
}

void GateCard::draw_file(Frame& frame, const ParamSpec& spec, const std::string& path) {
    const float browse = ImGui::CalcTextSize("…").x + 2 * ImGui::GetStyle().FramePadding.x;
    std::string typed = path;
    if (text_field(("##" + spec.key).c_str(), typed, "path of the file",
                   ImGui::GetContentRegionAvail().x - browse - frame.px(4)))
        send(frame, draft_.set(spec.key, typed));
    tooltip(frame.theme, path);
    ImGui::SameLine(0, frame.px(4));
    if (!button(frame.theme, "…###browse " + spec.key, "Choose the file", browse)) return;
    frame.requests.dialog = Dialog::kPickFile;
    frame.requests.file = {
        spec.label, spec.help, {}, path, [to = picked_, key = spec.key](const Frame&, const std::string& found) {
            *to = {key, found};
        }};
    frame.requests.another_frame = true;
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

// Everywhere, or just where one looks.
void GateCard::draw_place_presets(Frame& frame, float label_width) {
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + label_width);
    if (link_button(frame.theme, "All layers", "On every layer and head")) {
        draft_.term().heads = IndexSet();
        send(frame, draft_.set_layers("all"));
    }
    const std::string layer = std::to_string(frame.view.selected.layer);
    ImGui::SameLine(0, frame.px(12));
    if (link_button(frame.theme, "Layer " + layer + " alone###one layer", "On the layer that is selected")) {
        draft_.term().heads = IndexSet();
        send(frame, draft_.set_layers(layer));
    }
}

void GateCard::draw_syntax(Frame& frame) {
    secondary_text(frame.theme, "Later parts take the heads they name");
    if (text_field("##syntax", syntax_, "oracle:k=16@0-3+oracle:k=64@4-29", ImGui::GetContentRegionAvail().x))
        send(frame, draft_.set_syntax(syntax_));
    tooltip(frame.theme, "id:key=value@layers/heads, parts joined by +");
    if (!draft_.simple())
        draw_terms(frame);
    else if (link_button(frame.theme, "Back to the controls", "Sliders and numbers of this one gate"))
        as_text_ = false;
}

// A line a part: where, and what.
void GateCard::draw_terms(const Frame& frame) const {
    const Theme& theme = frame.theme;
    const auto& terms = draft_.spec().terms;
    const float line = theme.small_size() + theme.px(5), width = ImGui::GetContentRegionAvail().x;
    float where = 0;
    ImGui::PushFont(nullptr, theme.small_size());
    for (const GateTerm& term : terms)
        where = std::max(where, ImGui::CalcTextSize(term_places(term).c_str()).x + theme.px(12));
    ImGui::PopFont();
    where = std::min(where, 0.55F * width);
    const auto shown = static_cast<float>(std::min<std::size_t>(terms.size(), 6));
    ImGui::BeginChild("##terms", {0, shown * line}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, theme.px(5)));
    for (const GateTerm& term : terms) {
        GateTerm bare = term;
        bare.layers = bare.heads = IndexSet();
        ImGui::PushFont(nullptr, theme.small_size());
        fitted_text(theme, term_places(term), where - theme.px(8), theme.colours.secondary);
        ImGui::PopFont();
        ImGui::SameLine(where);
        ImGui::PushFont(theme.fonts.mono, theme.small_size());
        fitted_text(theme, print_gate({{bare}}), ImGui::GetContentRegionAvail().x, theme.colours.text);
        ImGui::PopFont();
    }
    ImGui::PopStyleVar();
    ImGui::EndChild();
}

namespace {

// "against dense   +2.84 % ± 0.31  real", the verdict below where there is no room for it.
void difference_row(const Theme& theme, const std::string& reference, const PairedDifference& difference) {
    const float from = ImGui::GetCursorPosX(),
                label = std::min(theme.px(100), 0.42F * ImGui::GetContentRegionAvail().x);
    secondary_text(theme, "against " + reference);
    ImGui::SameLine(from + label);
    const std::string number = relative_number(difference), words = difference_verdict(difference);
    mono_text(theme, number, theme.colours.text);
    if (!std::isnan(difference.nll))
        tooltip(theme, difference_number(difference) + ", " + difference_words(difference, reference) +
                           formatted("; the same %lld windows, 95 %% interval of their paired differences",
                                     static_cast<long long>(difference.windows)));
    ImGui::SameLine(0, theme.px(8));
    if (ImGui::GetContentRegionAvail().x < ImGui::CalcTextSize(words.c_str()).x) {
        ImGui::NewLine();
        ImGui::SetCursorPosX(from + label);
    }
    const bool real = words == "real";
    ImGui::PushFont(nullptr, theme.small_size());
    coloured_text(real ? theme.colours.text : theme.colours.secondary, words);
    ImGui::PopFont();
}

void cost_row(const Theme& theme, const std::string& label_text, const std::string& words, const std::string& help) {
    if (words.empty()) return;
    const float from = ImGui::GetCursorPosX(),
                label = std::min(theme.px(100), 0.42F * ImGui::GetContentRegionAvail().x);
    secondary_text(theme, label_text);
    ImGui::SameLine(from + label);
    mono_text(theme, words, theme.colours.text);
    tooltip(theme, help);
}

}  // namespace

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
    const std::int64_t windows = window_count(frame.run);
    const bool under_way = estimate.windows > 0 && estimate.windows < windows;
    secondary_text(theme, under_way
                              ? formatted("perplexity, %lld of %lld windows", static_cast<long long>(estimate.windows),
                                          static_cast<long long>(windows))
                              : "perplexity");
    ImGui::SetCursorPos({beside, top + theme.px(16)});
    secondary_text(theme, std::isnan(estimate.perplexity) ? "measuring…" : interval_words(estimate));
    ImGui::SetCursorPos({from, top + theme.px(38)});
    difference_row(theme, "dense", result == nullptr ? PairedDifference() : result->from_dense);
    if (slot_ == 1 && frame.derived.b_from_a.windows > 0) difference_row(theme, "A", frame.derived.b_from_a);
    if (result == nullptr) return;
    cost_row(theme, "attention work", work_words(result->cost),
             "FLOPs of scores and values that the gate leaves in a window, of those of dense attention");
    cost_row(theme, "keys, values", cache_words(result->cost),
             "Bytes of keys and values that the last query of a window still reads, of those of dense attention");
}

void GateCard::draw_cautions(const Frame& frame) const {
    if (frame.snapshot.model == nullptr) return;
    for (const std::string& caution : cautions_of(draft_.spec(), frame.snapshot.model->config))
        small_text(frame.theme, caution, frame.theme.colours.secondary);
}

}  // namespace gatescope
