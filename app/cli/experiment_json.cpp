#include "app/cli/experiment_json.h"

#include <cmath>

#include "app/engine/experiments/experiment_table.h"
#include "app/engine/experiments/outcome_json.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json plain(const std::vector<double>& values) {
    ordered_json out = ordered_json::array();
    for (const double value : values) out.push_back(plain(value));
    return out;
}

// A text, or null where it is empty.
ordered_json said(const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json row_json(const ExperimentRow& row) {
    return {{"what", row.what},
            {"unit", row.unit},
            {"mean", plain(row.ours.mean)},
            {"deviation", plain(row.ours.deviation)},
            {"low", plain(row.ours.low)},
            {"high", plain(row.ours.high)},
            {"count", row.ours.count},
            {"over", row.ours.over},
            {"values", plain(row.ours.values)},
            {"setting", row.setting},
            {"paper", said(row.paper)},
            {"paper_setting", said(row.paper_setting)},
            {"comparable", row.comparable}};
}

ordered_json chart_json(const ExperimentChart& chart) {
    ordered_json out = {{"id", chart.id},           {"title", chart.title},        {"x_label", chart.x_label},
                        {"y_label", chart.y_label}, {"bars", chart.bars},          {"log_x", chart.log_x},
                        {"log_y", chart.log_y},     {"shade_gap", chart.shade_gap}};
    out["categories"] = chart.categories;
    out["series"] = ordered_json::array();
    for (const ExperimentSeries& each : chart.series)
        out["series"].push_back({{"label", each.label},
                                 {"role", each.role},
                                 {"x", plain(each.x)},
                                 {"y", plain(each.y)},
                                 {"low", plain(each.low)},
                                 {"high", plain(each.high)}});
    out["levels"] = ordered_json::array();
    for (const ExperimentLevel& level : chart.levels)
        out["levels"].push_back({{"label", level.label}, {"role", level.role}, {"value", plain(level.value)}});
    return out;
}

ordered_json step_json(const ExperimentStep& step) {
    return {{"name", step.name}, {"arm", step.arm}, {"seed", step.seed}, {"title", step.title}};
}

}  // namespace

ordered_json experiment_json(const ExperimentResult& result, const std::string& folder) {
    const ExperimentSummary& summary = result.summary;
    ordered_json out = {{"experiment", result.plan->setting.experiment},
                        {"folder", folder},
                        {"status", result.status},
                        {"verdict", verdict_word(summary.verdict)},
                        {"sentence", summary.sentence},
                        {"rule", summary.rule},
                        {"notes", summary.notes},
                        {"command", result.command},
                        {"created", result.created},
                        {"device", result.device},
                        {"seconds", plain(result.seconds)}};
    out["setting"] = ordered_json::parse(print_setting(result.plan->setting));
    out["seeds"] = result.plan->course.seeds;
    out["rows"] = ordered_json::array();
    for (const ExperimentRow& row : summary.rows) out["rows"].push_back(row_json(row));
    out["charts"] = ordered_json::array();
    for (const ExperimentChart& chart : summary.charts) out["charts"].push_back(chart_json(chart));
    out["steps"] = ordered_json::array();
    for (const ExperimentStep& step : result.plan->steps) {
        ordered_json each = step_json(step);
        const auto found = result.outcomes.find(step.name);
        if (found != result.outcomes.end())
            each["outcome"] = ordered_json::parse(print_outcome(found->second, step.work, *result.plan));
        out["steps"].push_back(each);
    }
    return out;
}

ordered_json experiment_list_json() {
    ordered_json out = ordered_json::array();
    for (const ExperimentInfo& info : experiments())
        out.push_back({{"id", info.id},
                       {"label", info.label},
                       {"source", info.source},
                       {"question", info.question},
                       {"method", info.method},
                       {"claim", info.claim},
                       {"takes_model", info.takes_model},
                       {"params", info.params}});
    return out;
}

ordered_json plan_json(const PlannedExperiment& planned) {
    const ExperimentPlan& plan = planned.plan;
    ordered_json out = {{"experiment", plan.setting.experiment}, {"folder", planned.folder}};
    out["setting"] = ordered_json::parse(print_setting(plan.setting));
    out["seeds"] = plan.course.seeds;
    out["seconds"] = plain(planned_seconds(planned));
    out["steps"] = ordered_json::array();
    for (std::size_t n = 0; n < plan.steps.size(); ++n) {
        out["steps"].push_back(step_json(plan.steps[n]));
        out["steps"].back()["seconds"] = plain(planned.step_seconds.at(n));
    }
    return out;
}

}  // namespace gatescope
