#include "analysis/experiments/experiment_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

std::string text_words(const Recipe& recipe) {
    const std::string& texts = text(recipe.values, "data.text");
    if (texts == "sample-train") return "Wikipedia sample";
    const auto more = std::count(texts.begin(), texts.end(), '\n');
    const std::string first = texts.substr(0, texts.find('\n'));
    return (first == "sample-train" ? "Wikipedia sample" : last_part(first)) +
           (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

std::string pair_words(double low, double high, int digits) {
    return number_words(low, digits) + " to " + number_words(high, digits);
}

void add_there(ExperimentChart& chart, ExperimentSeries series) {
    if (!series.x.empty()) chart.series.push_back(std::move(series));
}

}  // namespace

std::string run_name(const std::string& arm, std::int64_t seed) {
    return arm + "-seed-" + std::to_string(seed);
}
std::string measured_name(const std::string& arm, std::int64_t seed) {
    return run_name(arm, seed) + "-measured";
}
std::string gate_name(const std::string& arm, std::int64_t seed) {
    return run_name(arm, seed) + "-gate";
}

ExperimentStep soft_run(const ExperimentCourse& course, std::int64_t seed, bool learns) {
    return scratch_step(course, learns ? "soft-learned" : "soft-random", seed,
                        {"gate.gate=soft-learned", std::string("gate.train=") + (learns ? "true" : "false")});
}

const StepOutcome* done_outcome(const Outcomes& outcomes, const std::string& step) {
    const auto found = outcomes.find(step);
    return found == outcomes.end() || !found->second.done ? nullptr : &found->second;
}

std::vector<const GateOutcome*> by_seed(const ExperimentPlan& plan, const Outcomes& outcomes, const std::string& arm,
                                        std::size_t place) {
    std::vector<const GateOutcome*> out;
    for (const std::int64_t seed : plan.course.seeds) {
        const StepOutcome* measured = done_outcome(outcomes, measured_name(arm, seed));
        out.push_back(measured == nullptr || place >= measured->gates.size() ? nullptr : &measured->gates[place]);
    }
    return out;
}

Quantity combined(const std::vector<std::vector<const GateOutcome*>>& arms,
                  const std::function<double(const std::vector<double>&)>& value) {
    const auto missing = [](const auto& arm) { return arm.size() != 1 || arm[0] == nullptr; };
    if (!arms.empty() && std::none_of(arms.begin(), arms.end(), missing)) {
        std::vector<const GateOutcome*> only;
        for (const auto& arm : arms) only.push_back(arm[0]);
        if (only[0]->window_nll.size() > 1) return over_windows(only, value);
    }
    std::vector<double> out;
    for (std::size_t n = 0; !arms.empty() && n < arms.front().size(); ++n) {
        std::vector<double> perplexities;
        for (const auto& arm : arms)
            if (n < arm.size() && arm[n] != nullptr) perplexities.push_back(arm[n]->estimate.perplexity);
        if (perplexities.size() == arms.size()) out.push_back(value(perplexities));
    }
    return over_seeds(out);
}

bool all_there(const ExperimentPlan& plan, const Outcomes& outcomes) {
    return std::all_of(plan.steps.begin(), plan.steps.end(), [&outcomes](const ExperimentStep& step) {
        return done_outcome(outcomes, step.name) != nullptr;
    });
}

std::string model_words(const ExperimentPlan& plan) {
    const ModelConfig& config = plan.course.config;
    const std::string shape = std::to_string(config.n_layers) + " layers, d_model " + std::to_string(config.d_model) +
                              ", " + std::to_string(config.n_heads) + " heads";
    if (plan.course.own_model) return shape + " (" + config.family + "), vocabulary " + std::to_string(config.d_vocab);
    const std::string& model = plan.setting.model;
    return (model == "sample" ? "SmolLM2-135M-Instruct" : last_part(model)) + " (" + shape + ")";
}

std::string steps_words(const ExperimentPlan& plan) {
    if (!plan.course.own_model) return "as it is, not trained further";
    return std::to_string(plan.course.steps) + " steps of " +
           std::to_string(integer(plan.course.base.values, "train.batch")) + " windows of " +
           std::to_string(plan.course.window_length()) + " tokens";
}

std::string setting_line(const ExperimentPlan& plan, const std::string& steps) {
    return model_words(plan) + "; " + text_words(plan.course.base) + "; " + steps;
}

bool like_the_paper(const ExperimentPlan& plan) {
    constexpr std::int64_t kLayers = 6, kWidth = 256, kHeads = 4, kWindow = 512, kSteps = 50000, kBatch = 16;
    const ExperimentCourse& course = plan.course;
    return course.own_model && course.config.n_layers == kLayers && course.config.d_model == kWidth &&
           course.config.n_heads == kHeads && course.window_length() == kWindow && course.steps == kSteps &&
           integer(course.base.values, "train.batch") * integer(course.base.values, "train.accumulation") == kBatch;
}

std::string perplexities_compare(const ExperimentPlan& plan) {
    if (like_the_paper(plan))
        return "Same shape, windows and steps; the perplexities compare as far as text and tokenizer are the paper's.";
    return "Not the numbers themselves: another model, text and tokenizer. Only the order of the arms, and gaps as a "
           "share of dense perplexity.";
}

ExperimentRow experiment_row(const ExperimentPlan& plan, const RowText& text, const Quantity& ours,
                             const PaperFact& paper) {
    return {.what = text.what,
            .unit = text.unit,
            .ours = ours,
            .setting = setting_line(plan, text.steps),
            .paper = paper.printed,
            .paper_setting = paper.setting,
            .comparable = text.comparable};
}

ExperimentSeries curve_series(const std::string& label, const std::string& role, const TrainCurve& curve,
                              const std::string& series) {
    ExperimentSeries out{.label = label, .role = role, .x = {}, .y = {}, .low = {}, .high = {}};
    const auto found = curve.series.find(series);
    if (found == curve.series.end()) return out;
    for (std::size_t n = 0; n < std::min(curve.step.size(), found->second.size()); ++n)
        if (std::isfinite(found->second[n])) {
            out.x.push_back(static_cast<double>(curve.step[n]));
            out.y.push_back(found->second[n]);
        }
    return out;
}

void add_curves(ExperimentChart& chart, const ExperimentPlan& plan, const Outcomes& outcomes, const std::string& arm,
                const std::string& label, const std::string& role, const std::string& series) {
    add_there(chart, mean_curve(label, role, curves_of(plan, outcomes, arm + "-seed-", "", 0), series));
}

void add_gate_curves(ExperimentChart& chart, const ExperimentPlan& plan, const Outcomes& outcomes,
                     const std::string& arm, const std::string& label, const std::string& role,
                     const std::string& series, std::size_t curve) {
    add_there(chart, mean_curve(label, role, curves_of(plan, outcomes, arm + "-seed-", "-gate", curve), series));
}

void add_bar(ExperimentChart& chart, const std::string& label, const std::string& role, std::size_t category,
             const Quantity& quantity) {
    if (!std::isfinite(quantity.mean)) return;
    ExperimentSeries bar{.label = label,
                         .role = role,
                         .x = {static_cast<double>(category)},
                         .y = {quantity.mean},
                         .low = {},
                         .high = {}};
    if (has_interval(quantity)) {
        bar.low = {quantity.low};
        bar.high = {quantity.high};
    }
    chart.series.push_back(std::move(bar));
}

Quantity within(Quantity quantity, double least, double most) {
    if (!has_interval(quantity)) return quantity;
    quantity.low = std::clamp(quantity.low, least, most);
    quantity.high = std::clamp(quantity.high, least, most);
    return quantity;
}

bool reaches_far(const ExperimentChart& chart) {
    constexpr double kFar = 10;
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const ExperimentSeries& series : chart.series)
        for (const double value : series.y)
            if (std::isfinite(value)) least = std::min(least, value), most = std::max(most, value);
    return most > kFar * least;
}

bool has_interval(const Quantity& quantity) {
    return std::isfinite(quantity.low) && std::isfinite(quantity.high);
}
bool above(const Quantity& quantity, double value) {
    return has_interval(quantity) && quantity.low > value;
}
bool below(const Quantity& quantity, double value) {
    return has_interval(quantity) && quantity.high < value;
}

std::string number_words(double value, int digits) {
    if (std::isnan(value)) return "not measured";
    constexpr std::size_t kMost = 400;  // digits of the largest double, and more
    std::array<char, kMost> out{};
    std::snprintf(out.data(), out.size(), "%.*f", digits, value);
    const std::string words = out.data();
    const bool nothing = words.find_first_not_of("-0.") == std::string::npos;
    return nothing && words.starts_with('-') ? words.substr(1) : words;
}
std::string signed_words(double value, int digits) {
    const std::string out = number_words(value, digits);
    return std::isnan(value) || out.starts_with('-') ? out : "+" + out;
}

std::string scientific_words(double value) {
    constexpr std::size_t kMost = 32;
    std::array<char, kMost> out{};
    std::snprintf(out.data(), out.size(), "%.3g", value);
    return out.data();
}

std::string difference_words(const Quantity& quantity) {
    return (quantity.mean > 0 ? "+" : "") + quantity_words(quantity, 2);
}

std::string quantity_words(const Quantity& quantity, int digits, const std::string& unit) {
    const std::string mean = number_words(quantity.mean, digits) + (unit.empty() ? "" : " " + unit);
    if (!has_interval(quantity)) return mean + (quantity.count == 1 ? " (one seed, no interval)" : "");
    return mean + " (95 % interval " + pair_words(quantity.low, quantity.high, digits) + ", " +
           std::to_string(quantity.count) + " " + quantity.over + ")";
}

}  // namespace gatescope
