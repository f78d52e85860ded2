// What a gate costs on each layer alone at every budget, and the budgets by layer that cost least together.
#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "app/engine/command_line.h"
#include "app/window/lab_actions.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/sensitivity_chart.h"
#include "app/window/panels/sensitivity_form.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

class SensitivityPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box,
                    {"Sensitivity", "Sensitivity", "what each layer costs when it alone is gated", [&](float& right) {
                         if (frame.snapshot.sensitivity != nullptr) draw_switches(frame, right);
                     }});
        if (!draw_inability(frame, why_no_perplexity)) {
            if (frame.snapshot.model == nullptr || frame.snapshot.weights_only)
                draw_waiting(frame, "What each layer costs");
            else
                draw_both(frame);
        }
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    static void draw_switches(Frame& frame, float& right);
    void draw_both(Frame& frame);
    static void draw_results(Frame& frame, const SensitivityResult& result);
    static void draw_costs(Frame& frame, const SensitivityResult& result, const ImVec2& size);
    static void draw_budget(Frame& frame, const SensitivityResult& result, const ImVec2& size);
    static void draw_words(Frame& frame, const BudgetProposal& proposal);
    static void draw_unfinished(Frame& frame);
    static void draw_map_link(Frame& frame);

    Checked<StartSensitivity> checked_;
    SensitivityDraft draft_;
    std::uint64_t seen_ = 0;
    bool once_ = false;
};

void SensitivityPanel::follow(const Frame& frame) {
    if (once_ && seen_ == frame.snapshot.id && draft_ == frame.view.lab.sensitivity) return;
    once_ = true;
    seen_ = frame.snapshot.id;
    draft_ = frame.view.lab.sensitivity;
    checked_ = check_sensitivity(frame.snapshot, draft_);
}

void SensitivityPanel::draw_switches(Frame& frame, float& right) {
    const std::vector<std::int64_t>& budgets = frame.snapshot.sensitivity->request.budgets;
    std::set<std::int64_t>& hidden = frame.view.lab.hidden_budgets;
    for (std::size_t at = budgets.size(); at-- > 0;) {
        const std::int64_t budget = budgets[at];
        const std::string label =
            (at == 0 ? budget_name(*frame.snapshot.sensitivity) + " = " : "") + std::to_string(budget);
        place_right(right, legend_width(frame.theme, label), frame.px(12));
        if (legend_switch(frame.theme, budget_colour(frame.theme, at, budgets.size()), label, !hidden.contains(budget),
                          "Shows or hides this line") &&
            hidden.erase(budget) == 0)
            hidden.insert(budget);
    }
}

void SensitivityPanel::draw_both(Frame& frame) {
    follow(frame);
    const float width = ImGui::GetContentRegionAvail().x;
    const float form = std::clamp(width * 0.34F, std::min(frame.px(216), width / 2), frame.px(264));
    ImGui::BeginChild("##left", {form, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    draw_sensitivity_form(frame, checked_);
    ImGui::EndChild();
    ImGui::SameLine(0, frame.px(16));
    ImGui::BeginChild("##right", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    if (frame.snapshot.sensitivity != nullptr)
        draw_results(frame, *frame.snapshot.sensitivity);
    else if (empty_panel(
                 frame.theme,
                 "The cost of each layer alone at every k, or rank, will be drawn here, and the budgets by layer that "
                 "cost least together.",
                 checked_.why_not.empty() && job_of(frame.snapshot, "sensitivity") == nullptr ? "Measure layers" : ""))
        start_sensitivity(frame);
    ImGui::EndChild();
}

void SensitivityPanel::draw_results(Frame& frame, const SensitivityResult& result) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float words = result.proposal
                            ? 2 * (frame.theme.small_size() + frame.px(6)) + ImGui::GetFrameHeight() + frame.px(6)
                            : ImGui::GetFrameHeight() + ImGui::GetStyle().ItemSpacing.y;
    const float charts = std::max(room.y - words, frame.px(60));
    if (ImPlot::BeginAlignedPlots("##layers", true)) {
        draw_costs(frame, result, {room.x, std::floor(charts * (result.proposal ? 0.6F : 1.0F))});
        if (result.proposal) draw_budget(frame, result, {room.x, std::floor(charts * 0.4F) - frame.px(6)});
        ImPlot::EndAlignedPlots();
    }
    if (result.proposal)
        draw_words(frame, *result.proposal);
    else
        draw_unfinished(frame);
}

void SensitivityPanel::draw_map_link(Frame& frame) {
    const bool heads = !frame.snapshot.sensitivity->head_cost.empty();
    if (!link_button(frame.theme, "Head map", heads ? "Shows what each head costs" : "Shows what each layer costs"))
        return;
    frame.view.metric = heads ? "head_cost" : "layer_cost";
    frame.view.layout = LayoutId::kBrowse;
}

void SensitivityPanel::draw_unfinished(Frame& frame) {
    draw_map_link(frame);
    ImGui::SameLine(0, frame.px(12));
    ImGui::PushFont(nullptr, frame.theme.small_size());
    fitted_text(frame.theme, "A budget for each layer is proposed once all of them are measured.",
                ImGui::GetContentRegionAvail().x, frame.theme.colours.secondary);
    ImGui::PopFont();
}

void SensitivityPanel::draw_costs(Frame& frame, const SensitivityResult& result, const ImVec2& size) {
    Chart chart = cost_chart(result, frame.view.lab.hidden_budgets, frame.theme);
    chart.fit(size.y > frame.px(180) ? 5 : 3);
    if (size.y < frame.px(170)) chart.x.label.clear(), chart.y.label = "nats";
    const auto hit = draw_chart(frame.theme, "##costs", size, chart, ChartHover::kNearestColumn);
    if (!hit) return;
    const auto layer = static_cast<std::int64_t>(chart.lines[hit->line].x[hit->point]);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) select_head(frame, {layer, frame.view.selected.head}, false);
    if (!ImGui::BeginTooltip()) return;
    secondary_text(frame.theme, formatted("layer %lld alone, above dense", static_cast<long long>(layer)));
    const auto& budgets = result.request.budgets;
    for (std::size_t budget = 0; budget < budgets.size(); ++budget)
        mono_text(frame.theme,
                  formatted("%s = %-5lld %s", budget_name(result).c_str(), static_cast<long long>(budgets[budget]),
                            cost_text(result.layer_at(budget, layer)).c_str()),
                  budget_colour(frame.theme, budget, budgets.size()));
    secondary_text(frame.theme, kept_text(result, layer));
    ImGui::EndTooltip();
}

void SensitivityPanel::draw_budget(Frame& frame, const SensitivityResult& result, const ImVec2& size) {
    Chart chart = budget_chart(result, frame.theme);
    chart.fit(size.y > frame.px(120) ? 4 : 2);
    if (size.y < frame.px(110)) chart.x.label.clear(), chart.y.label = budget_name(result);
    const auto hit = draw_chart(frame.theme, "##budget", size, chart, ChartHover::kNearestColumn);
    if (!hit) return;
    const auto layer = static_cast<std::size_t>(chart.lines[hit->line].x[hit->point]);
    ImGui::SetTooltip("Layer %zu: %s = %lld proposed; %s", layer, budget_name(result).c_str(),
                      static_cast<long long>(result.proposal->budgets[layer]),
                      kept_text(result, static_cast<std::int64_t>(layer)).c_str());
}

void SensitivityPanel::draw_words(Frame& frame, const BudgetProposal& proposal) {
    const Theme& theme = frame.theme;
    const float labels = theme.px(76);
    const auto line = [&](const char* label, const std::string& own, const std::string& equal) {
        const float from = ImGui::GetCursorPosX();
        secondary_text(theme, label);
        ImGui::SameLine(from + labels);
        mono_text(theme, own, theme.colours.text);
        ImGui::SameLine(0, theme.px(10));
        ImGui::PushFont(nullptr, theme.small_size());
        fitted_text(theme, equal, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
        ImGui::PopFont();
    };
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(4)));
    line("Predicted", formatted("%+.4f nats", proposal.predicted),
         formatted("equal: %+.4f, layers added up", proposal.predicted_equal));
    if (std::isfinite(proposal.measured.nll))
        line("Measured", cost_text(proposal.measured), "equal: " + cost_text(proposal.measured_equal));
    else
        line("Measured", "–", "not yet");
    ImGui::PopStyleVar();
    const std::string gate = print_gate(proposal.gate);
    if (button(theme, "Set as gate B", gate)) use_gate(frame, 1, gate);
    ImGui::SameLine(0, theme.px(12));
    const std::string command = perplexity_command(frame.snapshot, gate);
    if (link_button(theme, "Copy its command", command)) copy_line(frame, command);
    ImGui::SameLine(0, theme.px(12));
    draw_map_link(frame);
}

}  // namespace

std::unique_ptr<Panel> make_sensitivity_panel(Textures& /*textures*/) {
    return std::make_unique<SensitivityPanel>();
}

}  // namespace gatescope
