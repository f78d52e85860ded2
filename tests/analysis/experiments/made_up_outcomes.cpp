#include "tests/analysis/experiments/made_up_outcomes.h"

#include <algorithm>
#include <cmath>

#include "analysis/experiments/experiment_course.h"

namespace gatescope::made_up {
namespace {

constexpr std::int64_t kWindows = 4, kTokens = 63;
constexpr double kPerplexity = 60;

void finish(const TrainWork& work, StepOutcome& out) {
    std::map<std::string, std::vector<double>> series = {{"loss", {8, 5, 4}},
                                                         {"perplexity", {900, 200, kPerplexity}},
                                                         {"perplexity_dense", {900, 200, kPerplexity}},
                                                         {"mass_at_k", {0.4, 0.6, 0.8}},
                                                         {"layer_0.entropy", {4, 3, 2}},
                                                         {"layer_1.entropy", {4, 2, 1}},
                                                         {"f1", {0.1, 0.2, 0.3}}};
    if (text(work.recipe.values, "gate.gate") != "dense" && flag(work.recipe.values, "gate.train")) {
        const bool soft = text(work.recipe.values, "gate.gate").starts_with("soft");
        series["gate_gradient_norm"] = {std::nan(""), soft ? 0.2 : 0.0, soft ? 0.1 : 0.0};
    }
    out.curves = {curve_of(series)};
}

void finish(const DistillWork&, StepOutcome& out) {
    out.curves = {curve_of({{"loss", {3, 2, 1}}, {"f1", {0.1, 0.7, 0.8}}, {"perplexity", {90, 62, kPerplexity}}}),
                  curve_of({{"f1", {0.1, 0.1, 0.1}}, {"perplexity", {90, 90, 90}}})};
    out.dense_perplexity = out.oracle_perplexity = kPerplexity;
}

void finish(const MeasureWork& work, StepOutcome& out) {
    out.gates.push_back(gate_of("dense", kPerplexity));
    for (const std::string& gate : work.gates) out.gates.push_back(gate_of(gate, kPerplexity));
    if (!work.concentration) return;
    const auto layers = static_cast<std::size_t>(integer(work.recipe.values, "model.n_layers"));
    const std::int64_t length = integer(work.recipe.values, "train.window");
    for (std::int64_t k = 1; k <= length; k *= 2)
        out.by_layer["mass_at_" + std::to_string(k)] =
            std::vector<double>(layers, std::min(1.0, 0.5 + static_cast<double>(k) / static_cast<double>(length)));
}

void finish(const GradientWork&, StepOutcome& out) {
    out.gradients = {{"learned", {0, 1}, {0, 0}, 0, 64}, {"soft-learned", {0, 1}, {0.5, 0.25}, 64, 64}};
}

ExperimentPlan planned(const ExperimentSetting& setting, const ModelConfig* model) {
    ExperimentPlan out;
    out.setting = setting;
    out.folder = "/experiments/" + setting.experiment;
    out.course = course_of(setting, model);
    out.steps = find_experiment(setting.experiment).steps(out.course, out.folder);
    return out;
}

}  // namespace

ExperimentPlan plan_of(const std::string& experiment, const std::string& scale,
                       const std::vector<std::int64_t>& seeds) {
    ExperimentSetting setting;
    setting.experiment = experiment;
    setting.scale = scale;
    setting.seeds = seeds;
    return planned(setting, nullptr);
}

ExperimentPlan plan_on_model(const std::string& experiment) {
    ExperimentSetting setting;
    setting.experiment = experiment;
    setting.scale = "checkpoint";
    setting.model = "/models/small";
    const ModelConfig config = small_llama();
    return planned(setting, &config);
}

ModelConfig small_llama() {
    ModelConfig out;
    out.family = "llama";
    out.n_layers = 6, out.n_heads = out.n_kv_heads = 4;
    out.d_model = 64, out.d_head = 16, out.d_mlp = 128, out.d_vocab = 1000, out.n_ctx = 2048;
    out.rope_dims = 16;
    return out;
}

GateOutcome gate_of(const std::string& syntax, double perplexity) {
    GateOutcome out;
    out.gate = syntax;
    const double nll = std::log(perplexity);
    constexpr double kSpread = 0.02, kT = 3.182;  // of 3 degrees of freedom
    for (std::int64_t n = 0; n < kWindows; ++n) {
        out.window_nll.push_back(nll + (n % 2 == 0 ? kSpread : -kSpread));
        out.window_tokens.push_back(kTokens);
    }
    const double error = kSpread * 2 / std::sqrt(3.0) / std::sqrt(static_cast<double>(kWindows));
    out.estimate = {
        nll, perplexity, error, std::exp(nll - kT * error), std::exp(nll + kT * error), kWindows * kTokens, kWindows};
    out.f1 = 0.5, out.captured_mass = 0.75;
    return out;
}

std::shared_ptr<const TrainCurve> curve_of(const std::map<std::string, std::vector<double>>& series) {
    auto out = std::make_shared<TrainCurve>();
    out->status = "done";
    constexpr std::int64_t kEvery = 10;
    for (std::size_t n = 0; n < series.begin()->second.size(); ++n)
        out->step.push_back(kEvery * static_cast<std::int64_t>(n));
    out->series = series;
    return out;
}

Outcomes all_done(const ExperimentPlan& plan) {
    Outcomes out;
    for (const ExperimentStep& step : plan.steps) {
        StepOutcome& outcome = out[step.name];
        outcome.step = step.name;
        outcome.done = true;
        std::visit([&outcome](const auto& work) { finish(work, outcome); }, step.work);
    }
    return out;
}

void measure(Outcomes& outcomes, const std::string& step, const std::vector<double>& perplexities) {
    std::vector<GateOutcome>& gates = outcomes.at(step).gates;
    for (std::size_t n = 0; n < perplexities.size(); ++n) gates.at(n) = gate_of(gates.at(n).gate, perplexities[n]);
}

const ExperimentRow* row_of(const ExperimentSummary& summary, const std::string& what) {
    const auto found = std::find_if(summary.rows.begin(), summary.rows.end(),
                                    [&what](const ExperimentRow& row) { return row.what.starts_with(what); });
    return found == summary.rows.end() ? nullptr : &*found;
}

const ExperimentChart* chart_of(const ExperimentSummary& summary, const std::string& id) {
    const auto found = std::find_if(summary.charts.begin(), summary.charts.end(),
                                    [&id](const ExperimentChart& chart) { return chart.id == id; });
    return found == summary.charts.end() ? nullptr : &*found;
}

}  // namespace gatescope::made_up
