#include "app/window/panels/spectrum_facts.h"

#include <algorithm>
#include <cmath>

#include "analysis/metrics/metrics.h"
#include "analysis/spectra/spectra_metrics.h"
#include "app/window/spectra_looks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

// The label that a cell has room for; the whole one is its tooltip.
std::string short_label(const std::string& figure, const std::string& label) {
    if (figure.ends_with("rank_90")) return "90 % in";
    if (figure.ends_with("participation_ratio")) return "Participation";
    return label;
}

// `figure`: its path within a form of the kernels, or within activations.
void add(std::vector<SpectrumFact>& out, const Spectra& spectra, const std::string& id, const std::string& figure,
         const HeadCell& head, const std::string& label = {}) {
    const auto& infos = spectra_metric_infos();
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const MetricInfo& each) { return each.id == id; });
    const HeadGrid* grid = spectra_grid(spectra, id);
    if (info == infos.end() || grid == nullptr) return;
    SpectrumFact fact;
    fact.label = short_label(figure, label.empty() ? info->label : label);
    const float value = grid->at(head.row, head.column);
    const bool counted = figure.find("rank_") != std::string::npos && value == std::round(value);
    fact.value = counted ? formatted("%.0f", static_cast<double>(value)) : format_metric(*info, value);
    if (id.starts_with("weights/")) fact.control = control_text(spectra, figure, info->share);
    fact.help = info->label + ". " + info->help;
    if (!fact.control.empty()) fact.help += "\nRandom kernels of equal shape have " + fact.control.substr(7) + ".";
    out.push_back(std::move(fact));
}

// As many rows as it takes, evenly filled.
std::size_t columns_of(const Frame& frame, std::size_t facts, bool short_cells) {
    const float width = ImGui::GetContentRegionAvail().x;
    const auto most = std::max<std::size_t>(static_cast<std::size_t>(width / frame.px(short_cells ? 100 : 124)), 1);
    const std::size_t rows = std::max<std::size_t>((facts + most - 1) / most, 1);
    return std::max<std::size_t>((facts + rows - 1) / rows, 1);
}

float cell_height(const Frame& frame, bool short_cells) {
    return static_cast<float>(short_cells ? 2 : 3) * (frame.theme.small_size() + frame.px(3)) + frame.px(6);
}

}  // namespace

std::vector<SpectrumFact> spectrum_facts(const Spectra& spectra, const SpectraView& view, const HeadCell& head) {
    std::vector<SpectrumFact> out;
    if (view.part == SpectrumPartChoice::kActivations) {
        const std::string path = "activations/";
        add(out, spectra, path + "routing_fraction", "routing_fraction", head);
        add(out, spectra, path + "skew/effective_rank", "skew/effective_rank", head, "Rank of routing");
        add(out, spectra, path + "symmetric/effective_rank", "symmetric/effective_rank", head, "Rank of filtering");
        add(out, spectra, path + "centred/effective_rank", "centred/effective_rank", head, "Rank, centred");
        add(out, spectra, "cosines/attended", "attended", head, "Cosine, attended");
        add(out, spectra, "cosines/other", "other", head, "Cosine, others");
        return out;
    }
    const char* part = view.part == SpectrumPartChoice::kSkew        ? "skew/"
                       : view.part == SpectrumPartChoice::kSymmetric ? "symmetric/"
                                                                     : "";
    for (const char* rank : {"effective_rank", "rank_90", "participation_ratio", "stable_rank"}) {
        const std::string figure = std::string(part) + rank;
        std::string label;
        for (const RankInfo& info : rank_infos())
            if (info.id == rank) label = info.label;
        add(out, spectra, weights_id(view.form, figure), figure, head, label);
    }
    for (const char* figure : {"skew_fraction", "positivity", "directionality"})
        add(out, spectra, weights_id(view.form, figure), figure, head);
    return out;
}

float facts_height(const Frame& frame, std::size_t facts, bool short_cells) {
    const std::size_t columns = columns_of(frame, facts, short_cells), rows = (facts + columns - 1) / columns;
    return static_cast<float>(rows) * cell_height(frame, short_cells);
}

void draw_facts(const Frame& frame, const std::vector<SpectrumFact>& facts, bool short_cells) {
    const Theme& theme = frame.theme;
    const std::size_t columns = columns_of(frame, facts.size(), short_cells);
    const ImVec2 from = ImGui::GetCursorPos();
    const float width = std::floor(ImGui::GetContentRegionAvail().x / static_cast<float>(columns));
    const float line = theme.small_size() + theme.px(3), room = width - theme.px(10);
    ImGui::PushFont(nullptr, theme.small_size());
    for (std::size_t at = 0; at < facts.size(); ++at) {
        const SpectrumFact& fact = facts[at];
        const ImVec2 cell(from.x + static_cast<float>(at % columns) * width,
                          from.y + static_cast<float>(at / columns) * cell_height(frame, short_cells));
        ImGui::SetCursorPos(cell);
        fitted_text(theme, fact.label, room, theme.colours.secondary);
        ImGui::SetCursorPos({cell.x, cell.y + line});
        mono_text(theme, fact.value, theme.colours.text);
        if (!short_cells && !fact.control.empty()) {
            ImGui::SetCursorPos({cell.x, cell.y + 2 * line});
            fitted_text(theme, fact.control, room, theme.colours.secondary);
        }
        ImGui::SetCursorPos(cell);
        ImGui::Dummy({room, static_cast<float>(short_cells ? 2 : 3) * line});
        tooltip(theme, fact.help);
    }
    ImGui::PopFont();
}

}  // namespace gatescope
