#include "app/engine/experiments/outcome_json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/checkpoint/json_text.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormat = "gatescope-outcome";

// JSON has no such numbers.
ordered_json number(double value) {
    if (std::isnan(value)) return nullptr;
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
}

double number(const json& from) {
    if (from.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (from == "inf") return std::numeric_limits<double>::infinity();
    if (from == "-inf") return -std::numeric_limits<double>::infinity();
    return from.get<double>();
}

ordered_json numbers(const std::vector<double>& values) {
    ordered_json out = ordered_json::array();
    for (const double value : values) out.push_back(number(value));
    return out;
}

std::vector<double> numbers(const json& from) {
    std::vector<double> out;
    for (const json& value : from) out.push_back(number(value));
    return out;
}

ordered_json series_json(const std::map<std::string, std::vector<double>>& series) {
    ordered_json out = ordered_json::object();
    for (const auto& [name, values] : series) out[name] = numbers(values);
    return out;
}

std::map<std::string, std::vector<double>> series_of(const json& from) {
    std::map<std::string, std::vector<double>> out;
    for (const auto& [name, values] : from.items()) out[name] = numbers(values);
    return out;
}

// Folders of experiments may be moved, and their steps name each other's files.
std::string without_folder(std::string text, const std::string& folder) {
    const std::string prefix = folder + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
        text.erase(at, prefix.size());
    return text;
}

ordered_json request_json(const DistillRequest& request) {
    return {{"gate", request.gate},
            {"loss", request.loss},
            {"k", request.k},
            {"steps", request.steps},
            {"gate_dim", request.gate_dim},
            {"block", request.keys_per_block},
            {"heads", request.index_heads},
            {"rope", request.rope},
            {"rate", request.learning_rate},
            {"start", request.start},
            {"layers", request.layers.print()},
            {"seed", request.seed},
            {"every", request.report_every},
            {"sinks", request.sinks},
            {"local", request.local}};
}

struct Description {
    ordered_json operator()(const TrainWork& work) const { return {{"train", print_recipe(work.recipe)}}; }
    ordered_json operator()(const DistillWork& work) const {
        return {{"distill", print_recipe(work.recipe)}, {"request", request_json(work.request)}};
    }
    ordered_json operator()(const MeasureWork& work) const {
        return {{"measure", print_recipe(work.recipe)}, {"gates", work.gates}, {"concentration", work.concentration}};
    }
    ordered_json operator()(const GradientWork& work) const {
        return {{"gradient", print_recipe(work.recipe)}, {"request", request_json(work.request)}};
    }
};

std::string hash_of(const Work& work, const std::string& folder) {
    return sha256_of(without_folder(std::visit(Description(), work).dump(), folder));
}

ordered_json curve_json(const TrainCurve& curve) {
    return {{"name", curve.name},
            {"recipe", curve.recipe},
            {"status", curve.status},
            {"step", curve.step},
            {"series", series_json(curve.series)}};
}

std::shared_ptr<const TrainCurve> curve_of(const json& from) {
    auto out = std::make_shared<TrainCurve>();
    out->name = from.at("name").get<std::string>();
    out->recipe = from.at("recipe").get<std::string>();
    out->status = from.at("status").get<std::string>();
    out->step = from.at("step").get<std::vector<std::int64_t>>();
    out->series = series_of(from.at("series"));
    for (const auto& [name, values] : out->series)
        if (values.size() != out->step.size())
            throw Failure(
                FailureKind::kBadFile,
                "has " + std::to_string(values.size()) + " values for " + std::to_string(out->step.size()) + " steps",
                "series " + one_line(name, 40));
    return out;
}

ordered_json gate_json(const GateOutcome& gate, const std::string& folder) {
    const PerplexityEstimate& estimate = gate.estimate;
    return {{"gate", without_folder(gate.gate, folder)},
            {"sparsity", number(gate.sparsity)},
            {"nll", number(estimate.nll)},
            {"perplexity", number(estimate.perplexity)},
            {"nll_standard_error", number(estimate.nll_standard_error)},
            {"low", number(estimate.low)},
            {"high", number(estimate.high)},
            {"tokens", estimate.tokens},
            {"windows", estimate.windows},
            {"window_nll", numbers(gate.window_nll)},
            {"window_tokens", gate.window_tokens},
            {"f1", number(gate.f1)},
            {"captured_mass", number(gate.captured_mass)}};
}

GateOutcome gate_of(const json& from) {
    GateOutcome out;
    out.gate = from.at("gate").get<std::string>();
    out.sparsity = number(from.at("sparsity"));
    out.estimate = {number(from.at("nll")),
                    number(from.at("perplexity")),
                    number(from.at("nll_standard_error")),
                    number(from.at("low")),
                    number(from.at("high")),
                    from.at("tokens").get<std::int64_t>(),
                    from.at("windows").get<std::int64_t>()};
    out.window_nll = numbers(from.at("window_nll"));
    out.window_tokens = from.at("window_tokens").get<std::vector<std::int64_t>>();
    if (out.window_tokens.size() != out.window_nll.size())
        throw Failure(FailureKind::kBadFile, "has tokens of other windows than losses", "gate " + out.gate);
    out.f1 = number(from.at("f1"));
    out.captured_mass = number(from.at("captured_mass"));
    return out;
}

ordered_json gradient_json(const GateGradient& gradient) {
    return {{"gate", gradient.gate},
            {"layers", gradient.layers},
            {"norms", numbers(gradient.norms)},
            {"nonzero_values", gradient.nonzero_values},
            {"values", gradient.values}};
}

GateGradient gradient_of(const json& from) {
    GateGradient out{from.at("gate").get<std::string>(), from.at("layers").get<std::vector<std::int64_t>>(),
                     numbers(from.at("norms")), from.at("nonzero_values").get<std::int64_t>(),
                     from.at("values").get<std::int64_t>()};
    if (out.layers.size() != out.norms.size())
        throw Failure(FailureKind::kBadFile, "has norms of other layers", "gradients");
    return out;
}

// As the work names them: paths in them are those of where the folder is now.
void name_gates(StepOutcome& outcome, const Work& work) {
    const auto* measuring = std::get_if<MeasureWork>(&work);
    if (measuring == nullptr) return;
    if (outcome.gates.size() != measuring->gates.size() + 1)
        throw Failure(FailureKind::kBadFile, "has " + std::to_string(outcome.gates.size()) + " gates, not " +
                                                 std::to_string(measuring->gates.size() + 1));
    for (std::size_t n = 0; n < measuring->gates.size(); ++n) outcome.gates[n + 1].gate = measuring->gates[n];
}

Failure lacks(const std::string& what) {
    return {FailureKind::kBadFile, "lacks " + what, {}};
}

// What every reader of an outcome relies on.
struct Complete {
    const StepOutcome& outcome;
    std::int64_t n_layers;

    void operator()(const TrainWork&) const { check_curves(1); }
    void operator()(const DistillWork&) const { check_curves(2); }
    void operator()(const MeasureWork& work) const {
        for (const GateOutcome& gate : outcome.gates)
            if (gate.window_nll.empty() || gate.window_tokens != outcome.gates.front().window_tokens)
                throw lacks("windows of " + one_line(gate.gate, 60));
        if (work.concentration && outcome.by_layer.empty()) throw lacks("the concentration by layer");
        for (const auto& [name, values] : outcome.by_layer)
            if (std::ssize(values) != n_layers) throw lacks("layers of " + one_line(name, 40));
    }
    void operator()(const GradientWork&) const {
        if (outcome.gradients.size() != 2) throw lacks("a gradient");
    }

  private:
    void check_curves(std::size_t wanted) const {
        if (outcome.curves.size() != wanted) throw lacks("a curve");
        for (const auto& curve : outcome.curves)
            if (curve->step.empty()) throw lacks("the reports of a curve");
    }
};

StepOutcome outcome_of(const json& from) {
    StepOutcome out;
    out.step = from.at("step").get<std::string>();
    out.done = true;
    out.seconds = number(from.at("seconds"));
    out.device = from.at("device").get<std::string>();
    out.adopted = from.at("adopted").get<std::string>();
    for (const json& gate : from.at("gates")) out.gates.push_back(gate_of(gate));
    out.by_layer = series_of(from.at("by_layer"));
    for (const json& curve : from.at("curves")) out.curves.push_back(curve_of(curve));
    out.dense_perplexity = number(from.at("dense_perplexity"));
    out.oracle_perplexity = number(from.at("oracle_perplexity"));
    for (const json& gradient : from.at("gradients")) out.gradients.push_back(gradient_of(gradient));
    return out;
}

}  // namespace

std::string print_outcome(const StepOutcome& outcome, const Work& work, const ExperimentPlan& plan) {
    const std::string& place = plan.folder;
    ordered_json out = {{"format", kFormat},
                        {"version", 1},
                        {"step", outcome.step},
                        {"work_sha256", hash_of(work, place)},
                        {"seconds", number(outcome.seconds)},
                        {"device", outcome.device},
                        {"adopted", outcome.adopted},
                        {"dense_perplexity", number(outcome.dense_perplexity)},
                        {"oracle_perplexity", number(outcome.oracle_perplexity)},
                        {"gates", ordered_json::array()},
                        {"by_layer", series_json(outcome.by_layer)},
                        {"gradients", ordered_json::array()},
                        {"curves", ordered_json::array()}};
    for (const GateOutcome& gate : outcome.gates) out["gates"].push_back(gate_json(gate, place));
    for (const GateGradient& gradient : outcome.gradients) out["gradients"].push_back(gradient_json(gradient));
    for (const auto& curve : outcome.curves) out["curves"].push_back(curve_json(*curve));
    return out.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

StepOutcome parse_outcome(const std::string& text, const Work& work, const ExperimentPlan& plan,
                          const std::string& where) {
    try {
        const json from = parse_json(text);
        if (!from.is_object() || from.value("format", json()) != kFormat || from.value("version", json()) != 1)
            throw Failure(FailureKind::kBadFile, "is of another program or version");
        if (from.at("work_sha256") != hash_of(work, plan.folder))
            throw Failure(FailureKind::kBadFile, "is of other work than the experiment's");
        StepOutcome out = outcome_of(from);
        name_gates(out, work);
        std::visit(Complete{out, plan.course.config.n_layers}, work);
        return out;
    } catch (const Failure& failure) {
        throw failure.at(where);
    } catch (const json::exception& fault) {
        throw Failure(FailureKind::kBadFile, one_line(fault.what()), where);
    }
}

}  // namespace gatescope
