// Perplexity and agreement of gates against sparsity or rank: what to measure at the left, the chart and its numbers at
// the right.
#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "analysis/kept_rank.h"
#include "app/window/gate_words.h"
#include "app/window/lab_actions.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/sweep_chart.h"
#include "app/window/panels/sweep_form.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr std::array<std::pair<SweepChart, const char*>, 3> kFigures = {
    {{SweepChart::kPerplexity, "Perplexity"}, {SweepChart::kF1, "F1"}, {SweepChart::kCapturedMass, "Captured mass"}}};

std::string share_text(double value) {
    return std::isfinite(value) ? formatted("%.1f %%", 100 * value) : "–";
}

class SweepPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        begin_panel(frame.theme, box,
                    {"Sweep", "Sweep", "over budgets; a click sets gate A, with shift gate B", [&](float& right) {
                         if (curves_.empty()) return;
                         draw_switch(frame, right);
                         draw_axis_switch(frame, right);
                     }});
        if (!draw_inability(frame, why_no_perplexity)) {
            if (frame.snapshot.model == nullptr || frame.snapshot.weights_only)
                draw_waiting(frame, "Perplexity against sparsity or rank");
            else
                draw_both(frame);
        }
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    void draw_switch(Frame& frame, float& right) const;
    void draw_axis_switch(Frame& frame, float& right) const;
    void draw_both(Frame& frame);
    void draw_results(Frame& frame);
    void draw_legend(const Frame& frame) const;
    void draw_tip(const Frame& frame, const SweepPoint& point, const std::string& label, const ImVec4& colour) const;
    void draw_table(Frame& frame) const;
    // "k", "rank", or "k, rank".
    const char* budget_column() const { return !has_ranks(curves_) ? "k" : has_sparsity(curves_) ? "k, rank" : "rank"; }
    void draw_row(Frame& frame, const SweepPoint& point, const std::string& label, const ImVec4& colour) const;
    void choose(Frame& frame, const SweepPoint& point) const {
        use_gate(frame, ImGui::GetIO().KeyShift ? 1 : 0, print_gate(run_->gates[point.gate].gate));
    }

    std::shared_ptr<const RunResult> run_;
    std::vector<SweepCurve> curves_;
    SweepPicture picture_;
    std::array<std::string, 2> gates_, families_;
    SweepChart figure_ = SweepChart::kPerplexity;
    bool by_rank_ = false, wished_by_rank_ = false;
    ThemeKind theme_ = ThemeKind::kDark;
    Checked<StartSweep> checked_;
    SweepDraft draft_;
    std::uint64_t seen_ = 0;
    bool once_ = false;
};

// Works out anew only what changed.
void SweepPanel::follow(const Frame& frame) {
    const Settings& settings = frame.snapshot.settings;
    const LabView& lab = frame.view.lab;
    if (!once_ || seen_ != frame.snapshot.id || !(draft_ == lab.sweep)) {
        seen_ = frame.snapshot.id;
        draft_ = lab.sweep;
        checked_ = check_sweep(frame.snapshot, draft_);
    }
    const std::array<std::string, 2> gates = {settings.gate_a, settings.gate_b};
    if (once_ && run_ == frame.snapshot.sweep && gates_ == gates && figure_ == lab.sweep_chart &&
        wished_by_rank_ == lab.sweep_by_rank && theme_ == frame.theme.kind)
        return;
    once_ = true;
    if (run_ != frame.snapshot.sweep) {
        run_ = frame.snapshot.sweep;
        curves_ = run_ == nullptr ? std::vector<SweepCurve>() : sweep_curves(*run_);
    }
    gates_ = gates;
    families_ = {family_of(gates[0]), family_of(gates[1])};
    figure_ = lab.sweep_chart;
    wished_by_rank_ = lab.sweep_by_rank;
    by_rank_ = has_ranks(curves_) && (lab.sweep_by_rank || !has_sparsity(curves_));
    theme_ = frame.theme.kind;
    picture_ =
        run_ == nullptr ? SweepPicture() : sweep_picture(*run_, curves_, figure_, by_rank_, families_, frame.theme);
}

void SweepPanel::draw_switch(Frame& frame, float& right) const {
    SweepChart& shown = frame.view.lab.sweep_chart;
    const auto now =
        std::find_if(kFigures.begin(), kFigures.end(), [&](const auto& figure) { return figure.first == shown; });
    place_right(right, menu_width(frame.theme, now->second), frame.px(8));
    if (!begin_menu(frame.theme, "##figure", now->second, "What the chart shows")) return;
    for (const auto& [figure, label] : kFigures)
        if (menu_choice(frame.theme, label, figure == shown)) shown = figure;
    ImGui::EndPopup();
}

// Where gates of both kinds were swept, one axis at a time.
void SweepPanel::draw_axis_switch(Frame& frame, float& right) const {
    if (!has_ranks(curves_) || !has_sparsity(curves_)) return;
    bool& by_rank = frame.view.lab.sweep_by_rank;
    const char* shown = by_rank ? "over rank" : "over sparsity";
    place_right(right, menu_width(frame.theme, shown), frame.px(8));
    if (!begin_menu(frame.theme, "##axis", shown, "Which gates are drawn: those with a k, or those with a rank"))
        return;
    if (menu_choice(frame.theme, "over sparsity", !by_rank)) by_rank = false;
    if (menu_choice(frame.theme, "over rank", by_rank)) by_rank = true;
    ImGui::EndPopup();
}

void SweepPanel::draw_both(Frame& frame) {
    const float width = ImGui::GetContentRegionAvail().x;
    const float form = std::clamp(width * 0.34F, std::min(frame.px(216), width / 2), frame.px(264));
    ImGui::BeginChild("##left", {form, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    draw_sweep_form(frame, checked_);
    ImGui::EndChild();
    ImGui::SameLine(0, frame.px(16));
    ImGui::BeginChild("##right", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    if (curves_.empty()) {
        const bool runs = job_of(frame.snapshot, "sweep") != nullptr;
        if (empty_panel(frame.theme,
                        runs ? "The first point will be here once its windows are done."
                             : "Perplexity and agreement of each gate at every k, or rank, will be drawn here.",
                        runs || !checked_.why_not.empty() ? "" : "Start the sweep"))
            start_sweep(frame);
    } else {
        draw_results(frame);
    }
    ImGui::EndChild();
}

void SweepPanel::draw_results(Frame& frame) {
    draw_legend(frame);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    std::size_t rows = 1;
    for (const SweepCurve& curve : curves_) rows += curve.points.size();
    const float row = frame.theme.small_size() + frame.px(8);
    const float table = std::min(room.y * 0.4F, static_cast<float>(rows) * row + frame.px(4));
    Chart chart = picture_.chart;
    chart.fit(room.y - table > frame.px(190) ? 5 : 3);
    const auto hit =
        draw_chart(frame.theme, "##sparsity", {room.x, room.y - table - frame.px(6)}, chart, ChartHover::kNearestPoint);
    if (hit) {
        const SweepPoint& point = *picture_.points[hit->line][hit->point];
        draw_tip(frame, point, chart.lines[hit->line].label, chart.lines[hit->line].colour);
        ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) choose(frame, point);
    }
    draw_table(frame);
}

void SweepPanel::draw_legend(const Frame& frame) const {
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    bool first = true;
    const auto entry = [&](const ImVec4& colour, const std::string& label, bool outline) {
        if (!first) ImGui::SameLine(0, frame.px(14));
        if (!first && ImGui::GetCursorPosX() + legend_width(frame.theme, label) > right) ImGui::NewLine();
        legend(frame.theme, colour, label, outline);
        first = false;
    };
    for (std::size_t line = 0; line < picture_.chart.lines.size(); ++line) {
        const ChartLine& drawn = picture_.chart.lines[line];
        // Of the marks behind the curves the first speaks for all.
        if (!drawn.x.empty() && line <= curves_.size()) entry(drawn.colour, drawn.label, line == curves_.size());
    }
    for (const ChartLevel& level : picture_.chart.levels) entry(level.colour, formatted("dense %.2f", level.y), true);
}

void SweepPanel::draw_tip(const Frame& frame, const SweepPoint& point, const std::string& label,
                          const ImVec4& colour) const {
    if (!ImGui::BeginTooltip()) return;
    const Theme& theme = frame.theme;
    coloured_text(colour, label);
    mono_text(theme, print_gate(run_->gates[point.gate].gate), theme.colours.text);
    const float labels = theme.px(104), values = theme.px(72);
    value_row(theme, "sparsity", share_text(point.sparsity), labels, values);
    value_row(theme, "perplexity", perplexity_number(point.perplexity), labels, values);
    value_row(theme, "kept of model", share_text(kept_share(point.from_dense.nll)), labels, values);
    value_row(theme, "F1", share_text(point.f1), labels, values);
    value_row(theme, "captured mass", share_text(point.captured_mass), labels, values);
    secondary_text(theme, interval_words(point.perplexity));
    secondary_text(theme, difference_number(point.from_dense) + " against dense");
    ImGui::EndTooltip();
}

void SweepPanel::draw_table(Frame& frame) const {
    const Theme& theme = frame.theme;
    ImGui::PushFont(nullptr, theme.small_size());
    constexpr ImGuiTableFlags kFlags =
        ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_NoPadOuterX;
    if (ImGui::BeginTable("##points", 6, kFlags, ImGui::GetContentRegionAvail())) {
        ImGui::TableSetupScrollFreeze(0, 1);
        const std::array<std::pair<const char*, float>, 6> columns = {{{"gate", 2},
                                                                       {budget_column(), 0.55F},
                                                                       {"sparsity", 1},
                                                                       {"perplexity", 1.25F},
                                                                       {"F1", 0.9F},
                                                                       {"captured", 1.1F}}};
        for (const auto& [column, weight] : columns) ImGui::TableSetupColumn(column, 0, weight);
        ImGui::TableNextRow();
        for (int column = 0; column < 6; ++column) {
            ImGui::TableSetColumnIndex(column);
            const char* name = ImGui::TableGetColumnName(column);
            if (column > 0)
                ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                                     std::max(0.0F, ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(name).x));
            coloured_text(theme.colours.secondary, name);
        }
        for (std::size_t curve = 0; curve < curves_.size(); ++curve)
            for (const SweepPoint& point : curves_[curve].points)
                draw_row(frame, point, picture_.chart.lines[curve].label, picture_.chart.lines[curve].colour);
        ImGui::EndTable();
    }
    ImGui::PopFont();
}

void SweepPanel::draw_row(Frame& frame, const SweepPoint& point, const std::string& label, const ImVec4& colour) const {
    ImGui::TableNextRow();
    ImGui::TableSetColumnIndex(0);
    const ImVec2 at = ImGui::GetCursorPos();
    const std::string syntax = print_gate(run_->gates[point.gate].gate);
    if (ImGui::Selectable(("##" + syntax).c_str(), false, ImGuiSelectableFlags_SpanAllColumns)) choose(frame, point);
    tooltip(frame.theme, syntax);
    ImGui::SetCursorPos(at);
    fitted_text(frame.theme, label, ImGui::GetContentRegionAvail().x, colour);
    const std::string cells[] = {point.budget > 0 ? grouped(point.budget) : "–", share_text(point.sparsity),
                                 perplexity_number(point.perplexity), share_text(point.f1),
                                 share_text(point.captured_mass)};
    for (int column = 1; column < 6; ++column) {
        ImGui::TableSetColumnIndex(column);
        const std::string& cell = cells[column - 1];
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                             std::max(0.0F, ImGui::GetContentRegionAvail().x - mono_width(frame.theme, cell)));
        mono_text(frame.theme, cell, frame.theme.colours.text);
    }
}

}  // namespace

std::unique_ptr<Panel> make_sweep_panel(Textures& /*textures*/) {
    return std::make_unique<SweepPanel>();
}

}  // namespace gatescope
