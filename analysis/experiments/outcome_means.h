#pragma once
// Means over seeds of curves, also of those that are under way, and words of verdicts. No torch.

#include <functional>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

// Curve number `curve` of the steps `before` + SEED + `behind`, of the seeds that have one.
std::vector<const TrainCurve*> curves_of(const ExperimentPlan& plan, const Outcomes& outcomes,
                                         const std::string& before, const std::string& behind, std::size_t curve);
// Mean by step over the curves that have it. Without intervals: those of perplexities over seeds would hide how arms
// differ, which tables give seed by seed.
ExperimentSeries mean_curve(const std::string& label, const std::string& role,
                            const std::vector<const TrainCurve*>& curves, const std::string& series);
// How the base trains, where the experiment trains it; the last of its charts.
void add_base_training(std::vector<ExperimentChart>& charts, const ExperimentPlan& plan, const Outcomes& outcomes);
// The first value by seed; the last one, of curves that are done.
Quantity first_of(const std::vector<const TrainCurve*>& curves, const std::string& series);
Quantity last_of(const std::vector<const TrainCurve*>& curves, const std::string& series);
// A point of a line with its interval; nothing where there is no mean.
void add_point(ExperimentSeries& series, double x, const Quantity& y);
// To the chart's series of that label, which begins with its first point.
void add_to(ExperimentChart& chart, const std::string& label, const std::string& role, double x, const Quantity& y);
Quantity scaled(Quantity quantity, double factor);

// One seed: a figure of gates' perplexities, its interval that of the windows, by leaving out each in turn (jackknife).
Quantity over_windows(const std::vector<const GateOutcome*>& gates,
                      const std::function<double(const std::vector<double>& perplexities)>& figure);

// 100 (1 - k / T).
double sparsity_percent(const ExperimentPlan& plan, std::int64_t k);
// "Open: 3 of 21 steps are done."
std::string open_words(const ExperimentPlan& plan, const Outcomes& outcomes);
// A note: what intervals are of with one seed.
std::string one_seed_words();
// What a sentence begins with: "Supports the paper: ".
std::string verdict_words(const ExperimentPlan& plan, Verdict verdict);

}  // namespace gatescope
