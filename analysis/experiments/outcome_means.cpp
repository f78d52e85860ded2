#include "analysis/experiments/outcome_means.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/experiments/seed_statistics.h"
#include "analysis/perplexity.h"

namespace gatescope {
namespace {

const std::vector<double>* series_of(const TrainCurve& curve, const std::string& series) {
    const auto found = curve.series.find(series);
    return found == curve.series.end() ? nullptr : &found->second;
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Of all windows but one; kNone: of all.
double perplexity_without(const GateOutcome& gate, std::size_t left_out) {
    double sum = 0, tokens = 0;
    for (std::size_t n = 0; n < gate.window_nll.size(); ++n) {
        if (n == left_out) continue;
        const auto own = static_cast<double>(gate.window_tokens.at(n));
        sum += gate.window_nll[n] * own;
        tokens += own;
    }
    return std::exp(sum / tokens);
}

}  // namespace

std::vector<const TrainCurve*> curves_of(const ExperimentPlan& plan, const Outcomes& outcomes,
                                         const std::string& before, const std::string& behind, std::size_t curve) {
    std::vector<const TrainCurve*> out;
    for (const std::int64_t seed : plan.course.seeds) {
        const auto found = outcomes.find(before + std::to_string(seed) + behind);
        if (found == outcomes.end() || found->second.curves.size() <= curve) continue;
        if (const TrainCurve* own = found->second.curves[curve].get()) out.push_back(own);
    }
    return out;
}

ExperimentSeries mean_curve(const std::string& label, const std::string& role,
                            const std::vector<const TrainCurve*>& curves, const std::string& series) {
    std::map<std::int64_t, std::vector<double>> by_step;
    for (const TrainCurve* curve : curves)
        if (const std::vector<double>* values = series_of(*curve, series))
            for (std::size_t n = 0; n < std::min(values->size(), curve->step.size()); ++n)
                if (std::isfinite((*values)[n])) by_step[curve->step[n]].push_back((*values)[n]);
    ExperimentSeries out{label, role, {}, {}, {}, {}};
    for (const auto& [step, values] : by_step) {
        out.x.push_back(static_cast<double>(step));
        out.y.push_back(over_seeds(values).mean);
    }
    return out;
}

void add_base_training(std::vector<ExperimentChart>& charts, const ExperimentPlan& plan, const Outcomes& outcomes) {
    const auto curves = curves_of(plan, outcomes, "dense-seed-", "", 0);
    if (!plan.course.own_model || curves.empty()) return;
    ExperimentChart out;
    out.id = "training";
    out.title = "The dense model trains";
    out.x_label = "step";
    out.y_label = "held-out perplexity";
    out.log_y = true;
    out.series.push_back(mean_curve("dense", "dense", curves, "perplexity"));
    charts.push_back(std::move(out));
}

Quantity first_of(const std::vector<const TrainCurve*>& curves, const std::string& series) {
    std::vector<double> first;
    for (const TrainCurve* curve : curves) {
        const std::vector<double>* own = series_of(*curve, series);
        if (own != nullptr && !own->empty() && std::isfinite(own->front())) first.push_back(own->front());
    }
    return first.empty() ? Quantity() : over_seeds(first);
}

Quantity last_of(const std::vector<const TrainCurve*>& curves, const std::string& series) {
    std::vector<double> last;
    for (const TrainCurve* curve : curves) {
        const std::vector<double>* own = series_of(*curve, series);
        if (curve->status == "done" && own != nullptr && !own->empty() && std::isfinite(own->back()))
            last.push_back(own->back());
    }
    return last.empty() ? Quantity() : over_seeds(last);
}

// Beside points that have an interval, one of a single seed has one of no width: low and high are as long as y.
void add_point(ExperimentSeries& series, double x, const Quantity& y) {
    if (!std::isfinite(y.mean)) return;
    const bool known = std::isfinite(y.low) && std::isfinite(y.high);
    if (known && series.low.empty()) series.low = series.high = series.y;
    const bool bounded = known || !series.low.empty();
    series.x.push_back(x);
    series.y.push_back(y.mean);
    if (!bounded) return;
    series.low.push_back(known ? y.low : y.mean);
    series.high.push_back(known ? y.high : y.mean);
}

void add_to(ExperimentChart& chart, const std::string& label, const std::string& role, double x, const Quantity& y) {
    if (!std::isfinite(y.mean)) return;
    auto found = std::find_if(chart.series.begin(), chart.series.end(),
                              [&label](const ExperimentSeries& series) { return series.label == label; });
    if (found == chart.series.end()) {
        chart.series.push_back({label, role, {}, {}, {}, {}});
        found = std::prev(chart.series.end());
    }
    add_point(*found, x, y);
}

Quantity scaled(Quantity quantity, double factor) {
    for (double* value : {&quantity.mean, &quantity.deviation, &quantity.low, &quantity.high}) *value *= factor;
    for (double& value : quantity.values) value *= factor;
    return quantity;
}

// The figures that leave out a window each spread less than the figure itself, by a factor of n - 1.
Quantity over_windows(const std::vector<const GateOutcome*>& gates,
                      const std::function<double(const std::vector<double>& perplexities)>& figure) {
    const auto without = [&](std::size_t left_out) {
        std::vector<double> perplexities;
        for (const GateOutcome* gate : gates) perplexities.push_back(perplexity_without(*gate, left_out));
        return figure(perplexities);
    };
    std::size_t windows = gates.empty() ? 0 : gates.front()->window_nll.size();
    for (const GateOutcome* gate : gates) windows = std::min(windows, gate->window_nll.size());
    Quantity out;
    out.over = "windows";
    if (windows == 0) return out;
    out.count = static_cast<std::int64_t>(windows);
    out.mean = without(kNone);
    if (!std::isfinite(out.mean)) return out;
    out.values = {out.mean};
    if (windows < 2) return out;
    std::vector<double> each;
    double mean = 0;
    for (std::size_t n = 0; n < windows; ++n) {
        each.push_back(without(n));
        mean += each.back() / static_cast<double>(windows);
    }
    double squares = 0;
    for (const double value : each) squares += (value - mean) * (value - mean);
    const auto n = static_cast<double>(windows);
    const double reach = student_t_95(out.count - 1) * std::sqrt(squares * (n - 1) / n);
    out.low = out.mean - reach;
    out.high = out.mean + reach;
    return out;
}

double sparsity_percent(const ExperimentPlan& plan, std::int64_t k) {
    return 100.0 * (1.0 - static_cast<double>(k) / static_cast<double>(plan.course.window_length()));
}

std::string open_words(const ExperimentPlan& plan, const Outcomes& outcomes) {
    std::size_t done = 0;
    for (const ExperimentStep& step : plan.steps) {
        const auto found = outcomes.find(step.name);
        if (found != outcomes.end() && found->second.done) ++done;
    }
    return "Open: " + std::to_string(done) + " of " + std::to_string(plan.steps.size()) + " steps are done.";
}

std::string one_seed_words() {
    return "One seed: intervals, and so the verdict, are of held-out windows under this one model and its gates. Other "
           "seeds may come out otherwise.";
}

std::string verdict_words(const ExperimentPlan& plan, Verdict verdict) {
    if (verdict == Verdict::kUndecided) return "Undecided: ";
    return std::string(verdict == Verdict::kSupports ? "Supports" : "Contradicts") + " the paper" +
           (plan.course.seeds.size() == 1 ? ", as far as one seed tells: " : ": ");
}

}  // namespace gatescope
