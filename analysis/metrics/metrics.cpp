// The list of per-head figures. The figures of a pass are computed together, in one walk over the pattern
// (concentration.h, agreement.h); here stands what each is called and how it is read.
#include "analysis/metrics/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "analysis/spectra/spectra_metrics.h"

namespace gatescope {
namespace {

MetricInfo share(std::string id, std::string label, std::string help) {
    return {.id = std::move(id), .label = std::move(label), .help = std::move(help), .unit = "share", .share = true};
}

MetricInfo count(std::string id, std::string label, std::string help, std::string unit) {
    return {.id = std::move(id), .label = std::move(label), .help = std::move(help), .unit = std::move(unit)};
}

MetricInfo with_k(MetricInfo info) {
    info.takes_k = true;
    return info;
}

MetricInfo on_demand(MetricInfo info) {
    info.on_demand = true;
    return info;
}

MetricInfo of_gate(MetricInfo info) {
    info.of_gate = true;
    info.group = "Gates";
    return info;
}

MetricInfo of_map(MetricInfo info) {
    info.of_map = true;
    info.group = "Sensitivity";
    return info;
}

std::vector<MetricInfo> make_infos() {
    return {
        with_k(share("mass_at_k", "Mass in the top k",
                     "Share of a query's attention that its k strongest keys hold, averaged over all queries.")),
        with_k(share("mass_at_k_full", "Mass in the top k, where keys exceed k",
                     "The same over those queries alone that may use more than k keys.")),
        count("entropy", "Entropy", "Entropy of a query's attention, averaged over all queries.", "nats"),
        count("effective_support", "Effective support",
              "How many keys attended equally would have the same entropy, averaged over all queries.", "keys"),
        count("support_90", "Keys for 90 % of the mass",
              "The least number of keys that hold 90 % of a query's attention, averaged over all queries.", "keys"),
        share("sink_mass", "Mass on the first token",
              "Attention that the window's first token receives, averaged over all later queries."),
        share("self_mass", "Mass on the query itself",
              "Attention that a token pays to itself, averaged over all queries."),
        share("previous_mass", "Mass on the previous token",
              "Attention that a token pays to the one before it, averaged over all queries but the first."),
        count("mean_distance", "Mean distance",
              "How far back a query looks, weighted by attention and averaged over all queries.", "tokens"),
        on_demand(share("induction_score", "Induction score",
                        "On random tokens repeated twice: attention to what followed the token's first appearance.")),
        on_demand(share("duplicate_score", "Duplicate-token score",
                        "On random tokens repeated twice: attention to the token's first appearance.")),
        of_gate(
            share("precision", "Precision",
                  "Share of the kept keys that the oracle of equal k keeps too, over queries with more than k keys.")),
        of_gate(share("recall", "Recall",
                      "Share of the oracle's keys that the gate keeps too, over queries with more than k keys.")),
        of_gate(share("f1", "F1", "Harmonic mean of precision and recall against the oracle of equal k.")),
        of_gate(share("captured_mass", "Captured mass",
                      "Share of the head's dense attention that falls on the kept keys, averaged over all queries.")),
        with_k(of_map(count("layer_cost", "Cost of this layer alone",
                            "What the sensitivity map's gate costs on this layer alone: nll above dense, a token.",
                            "nats"))),
        of_map(count("head_cost", "Cost of this head alone",
                     "What the sensitivity map's gate costs on this head alone: nll above dense, a token.", "nats")),
    };
}

const HeadGrid* find(const std::map<std::string, HeadGrid>& grids, const std::string& id) {
    const auto found = grids.find(id);
    return found == grids.end() ? nullptr : &found->second;
}

const HeadGrid* at_k(const Concentration& table, const std::vector<HeadGrid>& grids, std::int32_t k) {
    if (grids.empty()) return nullptr;
    const auto above = std::lower_bound(table.k.begin(), table.k.end(), k);
    const auto index = static_cast<std::size_t>(above - table.k.begin());
    return &grids[std::min(index, grids.size() - 1)];
}

// Of the run's analysed layers and heads; a layer's cost stands at each of its heads.
std::shared_ptr<const HeadGrid> cost_grid(const RunResult& run, bool of_heads, std::int32_t k) {
    if (!run.sensitivity || !run.model) return nullptr;
    const SensitivityResult& map = *run.sensitivity;
    const std::vector<std::int64_t>& budgets = map.request.budgets;
    if (of_heads ? map.head_cost.empty() : budgets.empty()) return nullptr;
    const auto above = std::lower_bound(budgets.begin(), budgets.end(), k);
    const auto row = std::min(static_cast<std::size_t>(above - budgets.begin()), budgets.size() - 1);
    const auto layers = run.request.layers.members(map.n_layers), heads = run.request.heads.members(map.n_heads);
    auto out = std::make_shared<HeadGrid>(HeadGrid{std::ssize(layers), std::ssize(heads), {}});
    for (const std::int64_t layer : layers)
        for (const std::int64_t head : heads) {
            const auto& point = of_heads ? map.head_cost[static_cast<std::size_t>(layer * map.n_heads + head)]
                                         : map.layer_at(row, layer);
            out->values.push_back(static_cast<float>(point.nll));
        }
    return out;
}

const HeadGrid* own_grid(const RunResult& run, const MetricInfo& metric, std::int32_t k, std::size_t gate) {
    if (metric.of_gate) return gate < run.gates.size() ? find(run.gates[gate].agreement, metric.id) : nullptr;
    if (!run.concentration) return nullptr;
    const Concentration& table = *run.concentration;
    if (metric.takes_k) return at_k(table, metric.id == "mass_at_k" ? table.mass_at_k : table.mass_at_k_full, k);
    return find(table.figures, metric.id);
}

// Behind the point. Ranks are counted to a tenth, figures between -1 and 1 to a hundredth.
int digits_of(const MetricInfo& metric) {
    if (metric.of_map) return 4;
    const bool small =
        metric.id.ends_with("positivity") || metric.id.ends_with("directionality") || metric.id.starts_with("cosines/");
    return small || metric.unit == "nats" ? 2 : 1;
}

}  // namespace

const std::vector<MetricInfo>& metric_infos() {
    static const std::vector<MetricInfo> infos = [] {
        std::vector<MetricInfo> out = make_infos();
        const auto& spectra = spectra_metric_infos();
        out.insert(out.end(), spectra.begin(), spectra.end());
        return out;
    }();
    return infos;
}

std::shared_ptr<const HeadGrid> metric_grid(const RunResult& run, const MetricInfo& metric, std::int32_t k,
                                            std::size_t gate) {
    if (metric.of_map) return cost_grid(run, metric.id == "head_cost", k);
    if (metric.of_spectra && run.spectra) {
        const HeadGrid* const grid = spectra_grid(*run.spectra, metric.id);
        return grid == nullptr ? nullptr : std::shared_ptr<const HeadGrid>(run.spectra, grid);
    }
    return {std::shared_ptr<void>(), own_grid(run, metric, k, gate)};
}

std::string format_metric(const MetricInfo& metric, float value) {
    if (std::isnan(value)) return "–";
    char text[48];
    if (metric.share)
        std::snprintf(text, sizeof text, "%.1f %%", 100.0 * static_cast<double>(value));
    else
        std::snprintf(text, sizeof text, "%.*f%s%s", digits_of(metric), static_cast<double>(value),
                      metric.unit.empty() ? "" : " ", metric.unit.c_str());
    return text;
}

}  // namespace gatescope
