#include "app/cli/sweep_report.h"

#include <cmath>

#include "analysis/sweep_curves.h"
#include "app/cli/perplexity_report.h"
#include "app/cli/table.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string between(const char* format, double low, double high) {
    return number(format, low) + " .. " + number(format, high);
}

Row row(const std::string& gate, const SweepPoint& point) {
    return {gate,
            point.k == 0 ? "" : std::to_string(point.k),
            number("%.2f %%", 100 * point.sparsity),
            number("%.3f", point.perplexity.perplexity),
            between("%.3f", point.perplexity.low, point.perplexity.high),
            number("%+.4f", point.from_dense.nll),
            between("%+.4f", point.from_dense.low, point.from_dense.high),
            number("%.1f %%", 100 * point.f1),
            number("%.1f %%", 100 * point.captured_mass)};
}

Row dense_row(const PerplexityEstimate& dense) {
    return {"dense", "", "0.00 %", number("%.3f", dense.perplexity), between("%.3f", dense.low, dense.high), "",
            "",      "", ""};
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json point_json(const SweepPoint& point) {
    return {{"k", point.k == 0 ? ordered_json() : ordered_json(point.k)},
            {"sparsity", plain(point.sparsity)},
            {"perplexity", plain(point.perplexity.perplexity)},
            {"perplexity_low", plain(point.perplexity.low)},
            {"perplexity_high", plain(point.perplexity.high)},
            {"difference_from_dense", plain(point.from_dense.nll)},
            {"f1", plain(point.f1)},
            {"captured_mass", plain(point.captured_mass)}};
}

}  // namespace

std::string sweep_table(const RunResult& run) {
    const std::vector<Column> columns = {{"gate", Align::kLeft}, {"k"},    {"sparsity"}, {"perplexity"}, {"95 %"},
                                         {"nll - dense"},        {"95 %"}, {"F1"},       {"captured"}};
    std::vector<Row> rows = {dense_row(run.dense.estimate)};
    for (const SweepCurve& curve : sweep_curves(run))
        for (const SweepPoint& point : curve.points) rows.push_back(row(curve.syntax, point));
    return table(columns, rows);
}

ordered_json sweep_json(const RunResult& run) {
    ordered_json out = run_json(run);
    ordered_json curves = ordered_json::array();
    for (const SweepCurve& curve : sweep_curves(run)) {
        ordered_json points = ordered_json::array();
        for (const SweepPoint& point : curve.points) points.push_back(point_json(point));
        curves.push_back({{"gate", curve.syntax}, {"label", curve.label}, {"points", std::move(points)}});
    }
    out["curves"] = std::move(curves);
    return out;
}

}  // namespace gatescope
