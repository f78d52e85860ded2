#include "app/cli/sweep_report.h"

#include <algorithm>
#include <cmath>

#include "analysis/kept_rank.h"
#include "analysis/sweep_curves.h"
#include "app/cli/perplexity_report.h"
#include "app/engine/text_table.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string between(const char* format, double low, double high) {
    return number(format, low) + " .. " + number(format, high);
}

// What is swept of any of the curves: a column each, that of keys where nothing is.
std::vector<Swept> swept_columns(const std::vector<SweepCurve>& curves) {
    std::vector<Swept> out;
    for (const SweptInfo& info : swept_infos())
        if (std::any_of(curves.begin(), curves.end(), [&](const SweepCurve& at) { return at.swept == info.swept; }))
            out.push_back(info.swept);
    return out.empty() ? std::vector<Swept>{Swept::kKeys} : out;
}

Row row(const SweepCurve& curve, const SweepPoint& point, const std::vector<Swept>& columns) {
    Row out = {curve.syntax};
    for (const Swept swept : columns) out.push_back(swept == curve.swept ? std::to_string(point.budget) : "");
    const Row figures = {number("%.2f %%", 100 * point.sparsity),
                         number("%.3f", point.perplexity.perplexity),
                         between("%.3f", point.perplexity.low, point.perplexity.high),
                         number("%+.4f", point.from_dense.nll),
                         between("%+.4f", point.from_dense.low, point.from_dense.high),
                         number("%.1f %%", 100 * point.f1),
                         number("%.1f %%", 100 * point.captured_mass)};
    out.insert(out.end(), figures.begin(), figures.end());
    return out;
}

Row dense_row(const PerplexityEstimate& dense, std::size_t budgets) {
    Row out(8 + budgets);
    out[0] = "dense";
    out[1 + budgets] = "0.00 %";
    out[2 + budgets] = number("%.3f", dense.perplexity);
    out[3 + budgets] = between("%.3f", dense.low, dense.high);
    return out;
}

std::string kept_line(const SweepCurve& curve) {
    if (curve.swept == Swept::kNothing) return {};
    const auto kept = kept_budget(curve);
    const std::string& name = swept_info(curve.swept).name;
    return curve.syntax + (kept ? " keeps 99 % of the model from " + name + " = " + std::to_string(*kept) + " on\n"
                                : ": no " + name + " here keeps 99 % of the model\n");
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json point_json(const SweepPoint& point, Swept swept) {
    const bool budget = swept != Swept::kNothing;
    return {{budget ? swept_info(swept).name : "k", budget ? ordered_json(point.budget) : ordered_json()},
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
    const std::vector<SweepCurve> curves = sweep_curves(run);
    const std::vector<Swept> budgets = swept_columns(curves);
    std::vector<Column> columns = {{"gate", Align::kLeft}};
    for (const Swept swept : budgets) columns.push_back({swept_info(swept).name});
    for (const char* figure : {"sparsity", "perplexity", "95 %", "nll - dense", "95 %", "F1", "captured"})
        columns.push_back({figure});
    std::vector<Row> rows = {dense_row(run.dense.estimate, budgets.size())};
    std::string kept;
    for (const SweepCurve& curve : curves) {
        for (const SweepPoint& point : curve.points) rows.push_back(row(curve, point, budgets));
        kept += kept_line(curve);
    }
    return table(columns, rows) + kept + caution_lines(run);
}

ordered_json sweep_json(const RunResult& run) {
    ordered_json out = run_json(run);
    ordered_json curves = ordered_json::array();
    for (const SweepCurve& curve : sweep_curves(run)) {
        ordered_json points = ordered_json::array();
        for (const SweepPoint& point : curve.points) points.push_back(point_json(point, curve.swept));
        const auto kept = kept_budget(curve);
        curves.push_back(
            {{"gate", curve.syntax},
             {"label", curve.label},
             {"swept", curve.swept == Swept::kNothing ? ordered_json() : ordered_json(swept_info(curve.swept).name)},
             {"keeps_99", kept ? ordered_json(*kept) : ordered_json()},
             {"points", std::move(points)}});
    }
    out["curves"] = std::move(curves);
    return out;
}

}  // namespace gatescope
