#include "app/cli/sensitivity_report.h"

#include <cmath>
#include <numeric>

#include "analysis/kept_rank.h"
#include "app/cli/perplexity_report.h"
#include "app/engine/text_table.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr const char* kNats = "%+.4f";

std::string with_error(const SensitivityPoint& point) {
    const std::string cost = number(kNats, point.nll);
    return std::isnan(point.standard_error) ? cost : cost + " ± " + number("%.4f", point.standard_error);
}

const std::string& name_of(const SensitivityResult& map) {
    return swept_info(swept_of({{map.request.gate}})).name;
}

std::string layer_table(const SensitivityResult& map) {
    const auto kept = kept_budgets(map);
    std::vector<Column> columns = {{"layer"}};
    for (const std::int64_t budget : map.request.budgets)
        columns.push_back({name_of(map) + " = " + std::to_string(budget)});
    columns.push_back({"keeps 99 %"});
    if (map.proposal) columns.push_back({"proposed " + name_of(map)});
    std::vector<Row> rows;
    for (std::int64_t layer = 0; layer < map.n_layers; ++layer) {
        Row row = {std::to_string(layer)};
        for (std::size_t budget = 0; budget < map.request.budgets.size(); ++budget)
            row.push_back(with_error(map.layer_at(budget, layer)));
        const auto at = static_cast<std::size_t>(layer);
        row.push_back(kept[at] ? std::to_string(*kept[at]) : "none");
        if (map.proposal) row.push_back(std::to_string(map.proposal->budgets[at]));
        rows.push_back(std::move(row));
    }
    return table(columns, rows);
}

std::string head_table(const SensitivityResult& map) {
    std::vector<Column> columns = {{"layer"}};
    for (std::int64_t head = 0; head < map.n_heads; ++head) columns.push_back({"head " + std::to_string(head)});
    std::vector<Row> rows;
    for (std::int64_t layer = 0; layer < map.n_layers; ++layer) {
        Row row = {std::to_string(layer)};
        for (std::int64_t head = 0; head < map.n_heads; ++head)
            row.push_back(number(kNats, map.head_cost[static_cast<std::size_t>(layer * map.n_heads + head)].nll));
        rows.push_back(std::move(row));
    }
    return "each head alone at " + name_of(map) + " = " + std::to_string(map.request.head_budget) + "\n" +
           table(columns, rows);
}

double mean(const std::vector<std::int64_t>& values) {
    return static_cast<double>(std::accumulate(values.begin(), values.end(), std::int64_t{0})) /
           static_cast<double>(values.size());
}

std::string proposal_table(const BudgetProposal& proposal, const std::string& name) {
    const std::vector<Column> columns = {
        {"budgets", Align::kLeft}, {"predicted"}, {"nll - dense"}, {"gate", Align::kLeft}};
    const auto row = [](const std::string& title, double predicted, const SensitivityPoint& measured,
                        const GateSpec& gate) -> Row {
        return {title, number(kNats, predicted), with_error(measured), print_gate(gate)};
    };
    return table(columns, {row("proposed, mean " + name + " " + number("%.1f", mean(proposal.budgets)),
                               proposal.predicted, proposal.measured, proposal.gate),
                           row("equal", proposal.predicted_equal, proposal.measured_equal, proposal.equal)});
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json point_json(const SensitivityPoint& point) {
    return {{"nll", plain(point.nll)}, {"standard_error", plain(point.standard_error)}};
}

// [row][column] of points stored row after row.
ordered_json rows_json(const std::vector<SensitivityPoint>& points, std::int64_t columns) {
    ordered_json out = ordered_json::array();
    for (std::size_t n = 0; n < points.size(); ++n) {
        if (n % static_cast<std::size_t>(columns) == 0) out.push_back(ordered_json::array());
        out.back().push_back(point_json(points[n]));
    }
    return out;
}

ordered_json proposal_json(const BudgetProposal& proposal, const std::string& name) {
    return {{name, proposal.budgets},
            {"gate", print_gate(proposal.gate)},
            {"equal", print_gate(proposal.equal)},
            {"predicted", plain(proposal.predicted)},
            {"predicted_equal", plain(proposal.predicted_equal)},
            {"measured", point_json(proposal.measured)},
            {"measured_equal", point_json(proposal.measured_equal)}};
}

}  // namespace

std::string sensitivity_table(const SensitivityResult& map) {
    std::string out = layer_table(map);
    if (!map.head_cost.empty()) out += "\n" + head_table(map);
    if (map.proposal) out += "\n" + proposal_table(*map.proposal, name_of(map));
    return out;
}

ordered_json sensitivity_json(const RunResult& run) {
    const SensitivityResult& map = *run.sensitivity;
    const std::string& name = name_of(map);
    ordered_json kept = ordered_json::array();
    for (const auto& budget : kept_budgets(map)) kept.push_back(budget ? ordered_json(*budget) : ordered_json());
    ordered_json out = run_json(run);
    out["sensitivity"] = {
        {"gate", print_gate({{map.request.gate}})},
        {name, map.request.budgets},
        {"mean_" + name, map.request.mean_budget},
        {"layer_cost", rows_json(map.layer_cost, map.n_layers)},
        {"keeps_99", std::move(kept)},
        {"head_" + name, map.request.head_budget},
        {"head_cost", rows_json(map.head_cost, map.n_heads)},
        {"proposal", map.proposal ? proposal_json(*map.proposal, name) : ordered_json()},
        {"done", map.done},
        {"total", map.total},
    };
    return out;
}

}  // namespace gatescope
