#pragma once
// What the files of experiments share: outcomes by seed, rows, series, and numbers in words. No torch.

#include <functional>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"
#include "analysis/experiments/paper_facts.h"

namespace gatescope {

// Names of steps, as the makers of experiment_plan.h give them.
std::string run_name(const std::string& arm, std::int64_t seed);       // "soft-learned-seed-1"
std::string measured_name(const std::string& arm, std::int64_t seed);  // "soft-learned-seed-1-measured"
std::string gate_name(const std::string& arm, std::int64_t seed);      // "soft-learned-seed-1-gate"

// A run that several experiments name, so that each finds the other's: under a soft gate that learns, or stays as it
// begins. It leaves its gate.
ExperimentStep soft_run(const ExperimentCourse& course, std::int64_t seed, bool learns);

// Nothing unless the step is done.
const StepOutcome* done_outcome(const Outcomes& outcomes, const std::string& step);
// The gate at that place of each seed's measuring (0: dense, 1: the first that was asked for), in the plan's order;
// nullptr where it is not there yet. By place, not by syntax: paths in it may have moved.
std::vector<const GateOutcome*> by_seed(const ExperimentPlan& plan, const Outcomes& outcomes, const std::string& arm,
                                        std::size_t place);
// What `value` makes of the perplexities of each seed that all have; of a plan of one seed with the interval of its
// windows.
Quantity combined(const std::vector<std::vector<const GateOutcome*>>& arms,
                  const std::function<double(const std::vector<double>&)>& value);
bool all_there(const ExperimentPlan& plan, const Outcomes& outcomes);  // every step is done

// "4 layers, d_model 128, 4 heads (gpt2), 4096 tokens; Wikipedia sample; 1600 steps of 4 windows of 256 tokens".
std::string setting_line(const ExperimentPlan& plan, const std::string& steps);
std::string model_words(const ExperimentPlan& plan);
std::string steps_words(const ExperimentPlan& plan);  // of models from scratch; of a given one: "as it is"
// Is the model, its window and its training the 31M model's? Text and optimiser may still differ.
bool like_the_paper(const ExperimentPlan& plan);
// What may be compared between perplexities of ours and the paper's.
std::string perplexities_compare(const ExperimentPlan& plan);

struct RowText {
    std::string what, unit;
    std::string steps;  // of ours
    std::string comparable;
};
ExperimentRow experiment_row(const ExperimentPlan& plan, const RowText& text, const Quantity& ours,
                             const PaperFact& paper);

// A curve of a run or distillation without the points that were not measured.
ExperimentSeries curve_series(const std::string& label, const std::string& role, const TrainCurve& curve,
                              const std::string& series);
// Mean over the seeds' runs of an arm, done or under way, with its interval.
void add_curves(ExperimentChart& chart, const ExperimentPlan& plan, const Outcomes& outcomes, const std::string& arm,
                const std::string& label, const std::string& role, const std::string& series);
// The same over the seeds' distillations: curve 0 is the learned gate's, 1 the frozen random one's.
void add_gate_curves(ExperimentChart& chart, const ExperimentPlan& plan, const Outcomes& outcomes,
                     const std::string& arm, const std::string& label, const std::string& role,
                     const std::string& series, std::size_t curve = 0);
// A bar, or a point, with its interval; nothing where there is no mean.
void add_bar(ExperimentChart& chart, const std::string& label, const std::string& role, std::size_t category,
             const Quantity& quantity);

// The same with its interval cut at what such a quantity can be.
Quantity within(Quantity quantity, double least, double most);

// Do its values reach over more than a factor of ten, so that they are told apart on a logarithmic axis alone?
// Elsewhere bars stand on 0.
bool reaches_far(const ExperimentChart& chart);

// Where the interval lies. A quantity without one lies nowhere.
bool has_interval(const Quantity& quantity);
bool above(const Quantity& quantity, double value);  // all of the interval
bool below(const Quantity& quantity, double value);

// Numbers in words: perplexities have two digits, shares one.
std::string number_words(double value, int digits);
std::string signed_words(double value, int digits);  // "+1.20", "-1.10"
// The same of a difference of perplexities: "+1.20 (95 % interval -0.10 to 2.50, 3 seeds)".
std::string difference_words(const Quantity& quantity);
std::string scientific_words(double value);  // "0", "1.23e-05"
// "48.73 (95 % interval 47.24 to 50.22, 3 seeds)".
std::string quantity_words(const Quantity& quantity, int digits, const std::string& unit = {});

}  // namespace gatescope
