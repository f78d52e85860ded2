#include "app/cli/experiment_report.h"

#include <algorithm>
#include <cmath>

#include "analysis/experiments/experiment_diagram.h"
#include "analysis/experiments/experiments.h"
#include "app/engine/text_table.h"
#include "app/engine/time_text.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

std::string joined(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t each : numbers) out += (out.empty() ? "" : ", ") + std::to_string(each);
    return out;
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string state_words(const DiagramPart& part) {
    const char* word = "";
    switch (part.state) {
        case PartState::kAbsent:
            return "–";
        case PartState::kFrozen:
            word = "frozen";
            break;
        case PartState::kTrains:
            word = "trains";
            break;
        case PartState::kPartly:
            word = "trains in";
            break;
    }
    if (part.text.empty()) return word;
    return std::string(word) + (part.state == PartState::kPartly ? " " + part.text : " (" + part.text + ")");
}

std::string diagram_text(const ExperimentPlan& plan) {
    const std::vector<DiagramRow> rows = diagram_of(plan);
    if (rows.empty()) return {};
    std::vector<Column> columns = {{"arm", Align::kLeft}, {"", Align::kLeft}, {"seeds"}};
    for (const DiagramPart& part : rows.front().parts) columns.push_back({part.label, Align::kLeft});
    std::vector<std::vector<std::string>> cells;
    for (const DiagramRow& row : rows) {
        cells.push_back({row.arm, row.stage, std::to_string(row.seeds)});
        for (const DiagramPart& part : row.parts) cells.back().push_back(state_words(part));
    }
    return table(columns, cells);
}

std::string model_words(const ExperimentCourse& course) {
    const ModelConfig& config = course.config;
    return std::to_string(config.n_layers) + " layers of " + std::to_string(config.d_model) + " channels, " +
           std::to_string(config.n_heads) + " heads, windows of " + std::to_string(course.window_length()) +
           " tokens, k " + std::to_string(course.k);
}

// Of what the plan has: an experiment that trains no gate has no steps of one.
std::string step_words(const ExperimentPlan& plan) {
    std::size_t runs = 0, gates = 0, measured = 0, gradients = 0;
    for (const ExperimentStep& step : plan.steps) {
        runs += std::holds_alternative<TrainWork>(step.work);
        gates += std::holds_alternative<DistillWork>(step.work);
        measured += std::holds_alternative<MeasureWork>(step.work);
        gradients += std::holds_alternative<GradientWork>(step.work);
    }
    std::string out;
    const auto add = [&out](std::size_t count, const std::string& what) {
        if (count > 0) out += (out.empty() ? "" : ", ") + counted(count, what);
    };
    add(runs, "training run");
    add(gates, "distilled gate");
    add(measured, "measurement");
    add(gradients, "look");
    if (gradients > 0) out += " at a gate's gradient";
    return out;
}

std::string time_words(const PlannedExperiment& planned) {
    const double seconds = planned_seconds(planned);
    const auto there =
        static_cast<std::size_t>(std::count(planned.step_seconds.begin(), planned.step_seconds.end(), 0.0));
    if (there == planned.step_seconds.size()) return "none: all steps are there already";
    std::string out = seconds < 1 ? "less than a second" : "about " + time_text(seconds);
    if (!planned.device.empty()) out += " on " + planned.device;
    if (there > 0) out += "; " + std::to_string(there) + (there == 1 ? " step is" : " steps are") + " there already";
    return out;
}

double last_of(const TrainCurve& curve, const std::string& series) {
    const auto found = curve.series.find(series);
    if (found == curve.series.end()) return std::nan("");
    for (auto value = found->second.rbegin(); value != found->second.rend(); ++value)
        if (std::isfinite(*value)) return *value;
    return std::nan("");
}

std::string measured_words(const StepOutcome& outcome) {
    constexpr std::size_t kFew = 4;
    std::string out = "perplexity";
    for (const GateOutcome& gate : outcome.gates) {
        if (outcome.gates.size() > kFew && &gate != &outcome.gates.front()) continue;
        out += (&gate == &outcome.gates.front() ? " " : ", ") + gate.gate.substr(0, gate.gate.find(':')) + " " +
               number("%.2f", gate.estimate.perplexity);
    }
    if (outcome.gates.size() > kFew) out += " and " + counted(outcome.gates.size() - 1, "gate");
    return out;
}

std::string gradient_words(const StepOutcome& outcome) {
    std::string out = "values not 0:";
    for (const GateGradient& gradient : outcome.gradients)
        out += (&gradient == &outcome.gradients.front() ? " " : ", ") + gradient.gate + " " +
               std::to_string(gradient.nonzero_values) + " of " + std::to_string(gradient.values);
    return out;
}

}  // namespace

std::string experiment_list(std::size_t width) {
    std::string out;
    for (const ExperimentInfo& info : experiments())
        out += info.id + "\n" + hanging("    ", info.question, width) +
               hanging("    ", info.source + (info.takes_model ? "; also on a model of yours, --model" : ""), width);
    return out + "\ngatescope experiment NAME --estimate says what one would do, and how long it would take.\n";
}

double planned_seconds(const PlannedExperiment& planned) {
    if (planned.step_seconds.empty()) return -1;
    double sum = 0;
    for (const double each : planned.step_seconds) sum += each;
    return sum;
}

std::string plan_text(const PlannedExperiment& planned, std::size_t width) {
    const ExperimentPlan& plan = planned.plan;
    const ExperimentCourse& course = plan.course;
    const ExperimentInfo& info = find_experiment(plan.setting.experiment);
    std::string out = info.label + " (" + info.source + ")\n";
    out += hanging("", info.question, width) + hanging("", info.method, width) + "\n";
    const std::string model = plan.setting.model.empty() ? plan.setting.scale : last_part(plan.setting.model);
    out += hanging("model   ", model + ": " + model_words(course), width);
    out += hanging("steps   ", counted(plan.steps.size(), "step") + ": " + step_words(plan), width);
    out += hanging("seeds   ", joined(course.seeds), width);
    if (!planned.step_seconds.empty()) out += hanging("time    ", time_words(planned), width);
    out += "folder  " + planned.folder + "\n";
    return out + "\n" + diagram_text(plan);
}

std::string steps_text(const PlannedExperiment& planned) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t n = 0; n < planned.plan.steps.size(); ++n) {
        const double seconds = n < planned.step_seconds.size() ? planned.step_seconds[n] : -1;
        rows.push_back({std::to_string(n + 1), planned.plan.steps[n].title,
                        seconds == 0  ? "there already"
                        : seconds < 0 ? ""
                        : seconds < 1 ? "< 1 s"
                                      : time_text(seconds)});
    }
    return table({{""}, {"step", Align::kLeft}, {"time"}}, rows);
}

std::string outcome_words(const StepOutcome& outcome, const Work& work) {
    if (!outcome.gradients.empty()) return gradient_words(outcome);
    if (!outcome.gates.empty()) return measured_words(outcome);
    if (outcome.curves.empty() || outcome.curves.front() == nullptr) return {};
    const TrainCurve& curve = *outcome.curves.front();
    if (const double f1 = last_of(curve, "f1"); std::holds_alternative<DistillWork>(work) && std::isfinite(f1))
        return "deployed perplexity " + number("%.2f", last_of(curve, "perplexity")) + ", F1 " + number("%.3f", f1);
    return "held-out perplexity " + number("%.2f", last_of(curve, "perplexity"));
}

WorkUnits units_of(const Work& work) {
    if (const auto* train = std::get_if<TrainWork>(&work))
        return {"steps", static_cast<double>(integer(train->recipe.values, "train.steps"))};
    if (const auto* distill = std::get_if<DistillWork>(&work))
        return {"steps", static_cast<double>(distill->request.steps)};
    if (const auto* measure = std::get_if<MeasureWork>(&work))
        return {"passes", static_cast<double>(integer(measure->recipe.values, "report.held_out_windows") *
                                              static_cast<std::int64_t>(measure->gates.size() + 1))};
    return {"passes", 1};
}

}  // namespace gatescope
