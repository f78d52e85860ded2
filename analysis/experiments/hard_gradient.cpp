// A set of keys that a gate chooses has no derivative: nothing of the model's loss reaches the gate.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "analysis/experiments/experiment_entries.h"
#include "analysis/experiments/experiment_rows.h"
#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"

namespace gatescope {
namespace {

constexpr const char* kHard = "hard-gate";
constexpr const char* kSoft = "soft-gate";
constexpr const char* kProbed = "dense";
constexpr const char* kNorm = "gate_gradient_norm";
constexpr std::int64_t kShareOfSteps = 4;

std::string probe_name(std::int64_t seed) {
    return run_name(kProbed, seed) + "-gradient";
}

std::int64_t short_steps(const ExperimentCourse& course) {
    return course.own_model ? std::max<std::int64_t>(1, course.steps / kShareOfSteps) : course.tune_steps;
}

// From scratch; of a given model Q/K/V of all layers go on.
ExperimentStep run_under(const ExperimentCourse& course, const std::string& folder, const std::string& arm,
                         const std::string& gate, std::int64_t seed) {
    std::vector<std::string> changes = {"gate.gate=" + gate, "gate.train=true"};
    if (!course.own_model) return tune_step(course, arm, seed, base_model(course, folder, seed), "", changes);
    changes.push_back("train.steps=" + std::to_string(short_steps(course)));
    return scratch_step(course, arm, seed, changes);
}

std::vector<ExperimentStep> steps_of(const ExperimentCourse& course, const std::string& folder) {
    std::vector<ExperimentStep> out;
    for (const std::int64_t seed : course.seeds) {
        for (ExperimentStep& step : base_steps(course, seed)) out.push_back(std::move(step));
        out.push_back(gradient_step(course, kProbed, seed, base_model(course, folder, seed)));
        out.push_back(run_under(course, folder, kHard, "learned:k=" + std::to_string(course.k), seed));
        out.push_back(run_under(course, folder, kSoft, "soft-learned", seed));
    }
    return out;
}

// Norms that a run reported; nothing before the first.
std::optional<std::pair<double, double>> least_and_most(const Outcomes& outcomes, const std::string& arm,
                                                        std::int64_t seed) {
    const auto found = outcomes.find(run_name(arm, seed));
    if (found == outcomes.end() || found->second.curves.empty() || found->second.curves.front() == nullptr) return {};
    const std::vector<double> norms = curve_series("", "", *found->second.curves.front(), kNorm).y;
    if (norms.empty()) return {};
    const auto [least, most] = std::minmax_element(norms.begin(), norms.end());
    return std::pair(*least, *most);
}

struct Gradients {
    Quantity hard_most, soft_least;     // norms over the reports of a run
    Quantity hard_values, soft_values;  // not zero, of the probe
    std::int64_t values = 0;            // of the probe's gate
    bool hard_zero() const { return zero(hard_most) && zero(hard_values); }
    bool soft_flows() const { return flows(soft_least) && flows(soft_values); }

  private:
    static bool zero(const Quantity& quantity) {
        return std::all_of(quantity.values.begin(), quantity.values.end(), [](double value) { return value == 0; });
    }
    static bool flows(const Quantity& quantity) {
        return std::all_of(quantity.values.begin(), quantity.values.end(), [](double value) { return value > 0; });
    }
};

Gradients gradients_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    std::vector<double> hard_most, soft_least, hard_values, soft_values;
    Gradients out;
    for (const std::int64_t seed : plan.course.seeds) {
        if (const auto norms = least_and_most(outcomes, kHard, seed)) hard_most.push_back(norms->second);
        if (const auto norms = least_and_most(outcomes, kSoft, seed)) soft_least.push_back(norms->first);
        const StepOutcome* probed = done_outcome(outcomes, probe_name(seed));
        if (probed == nullptr || probed->gradients.size() < 2) continue;
        hard_values.push_back(static_cast<double>(probed->gradients[0].nonzero_values));
        soft_values.push_back(static_cast<double>(probed->gradients[1].nonzero_values));
        out.values = probed->gradients[0].values;
    }
    const auto norm = [](const std::vector<double>& values) {
        return within(over_seeds(values), 0, std::numeric_limits<double>::max());
    };
    out.hard_most = norm(hard_most), out.soft_least = norm(soft_least);
    out.hard_values = norm(hard_values), out.soft_values = norm(soft_values);
    return out;
}

std::string run_words(const ExperimentPlan& plan) {
    return std::to_string(short_steps(plan.course)) + " steps with the gate" +
           (plan.course.own_model ? ", from scratch" : ", Q, K and V of all layers");
}

std::vector<ExperimentRow> rows_of(const ExperimentPlan& plan, const Gradients& found) {
    const PaperFacts& paper = paper_facts();
    const std::string zero = "Compares as it is: a zero does not depend on model, text or steps.";
    const std::string control = "Ours alone: shows that the same measurement sees a gradient where there is one.";
    const std::string probed = "one held-out window through the trained dense model";
    const std::string of = std::to_string(found.values) + " values";
    std::vector<ExperimentRow> out;
    const auto add = [&](const Quantity& ours, const RowText& text, const PaperFact& fact) {
        if (ours.count > 0) out.push_back(experiment_row(plan, text, ours, fact));
    };
    add(found.hard_most, {"Hard top-k gate: largest gradient norm in training", "", run_words(plan), zero},
        paper.hard_gradient);
    add(found.soft_least, {"Soft gate: smallest gradient norm in training", "", run_words(plan), control},
        paper.nothing);
    add(found.hard_values, {"Hard top-k gate: gradient values that are not 0, of " + of, "values", probed, zero},
        paper.hard_gradient);
    add(found.soft_values, {"Soft gate: gradient values that are not 0, of " + of, "values", probed, control},
        paper.nothing);
    return out;
}

ExperimentChart by_step(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "gradient";
    out.title = "Gradient that reaches the gate while the model trains";
    out.x_label = "Step", out.y_label = "Gradient norm of the gate";
    add_curves(out, plan, outcomes, kHard, "Hard top-k gate", "learned", kNorm);
    add_curves(out, plan, outcomes, kSoft, "Soft gate", "co-adapted", kNorm);
    return out;
}

void judge(const Gradients& found, ExperimentSummary& out) {
    const std::string soft =
        "The soft gate beside it always receives one (norm at least " +
        scientific_words(*std::min_element(found.soft_least.values.begin(), found.soft_least.values.end())) + ").";
    if (!found.hard_zero()) {
        out.verdict = Verdict::kContradicts;
        out.sentence =
            "Contradicts the paper: a gradient reached the hard gate (norm up to " +
            scientific_words(*std::max_element(found.hard_most.values.begin(), found.hard_most.values.end())) + ").";
    } else if (!found.soft_flows()) {
        out.verdict = Verdict::kUndecided;
        out.sentence =
            "Undecided: the hard gate's gradient is exactly 0, but the soft gate's is 0 somewhere, too, so "
            "that the measurement may not see gradients at all.";
    } else {
        out.verdict = Verdict::kSupports;
        out.sentence =
            "Supports the paper: the gradient through hard top-k is exactly 0 in every report of the training (" +
            std::to_string(found.hard_most.count) + (found.hard_most.count == 1 ? " seed" : " seeds") +
            ") and in all " + std::to_string(found.values) + " values of the gate on the dense model. " + soft;
    }
}

ExperimentSummary summarise(const ExperimentPlan& plan, const Outcomes& outcomes) {
    const Gradients found = gradients_of(plan, outcomes);
    ExperimentSummary out;
    out.rows = rows_of(plan, found);
    out.charts.push_back(by_step(plan, outcomes));
    out.rule =
        "Supports if every gradient of the hard gate is exactly 0 and none of the soft gate's is, contradicts "
        "if any of the hard gate's is not 0. An exact zero needs no interval.";
    out.notes = {our_choices().soft_gate,
                 "That a set of keys has no derivative is mathematics; what is shown is that nothing else of the model "
                 "leads a gradient to the gate.",
                 "Norms of a run are root mean squares over the steps since its last report; a single gradient that "
                 "is not 0 would show.",
                 "On the dense model the gate's output is compared with the dense one in every layer alone, and the "
                 "squared distance is led back to the gate's arrays."};
    if (plan.course.own_model)
        out.notes.push_back("Runs have " + std::to_string(short_steps(plan.course)) +
                            " steps, a quarter of the other experiments': a zero does not get truer with time.");
    const bool complete = all_there(plan, outcomes) && found.hard_most.count > 0 && found.soft_least.count > 0 &&
                          found.hard_values.count > 0;
    out.sentence = open_words(plan, outcomes);
    if (complete) judge(found, out);
    return out;
}

}  // namespace

ExperimentInfo hard_gradient_experiment() {
    return {.id = "hard-gradient",
            .label = "Hard gradient",
            .source = "Routing absorption, evidence 2",
            .question = "Does the model's loss reach a gate through the top-k set that it chooses?",
            .method =
                "A model trains with a gate that keeps each query's k best keys, and another with its soft "
                "sister; the norm of the gradient at the gate is reported all along. On the dense model the "
                "gradient is looked at value by value.",
            .claim = "Hard top-k gating receives exactly zero gradient through the mask.",
            .takes_model = true,
            .params = {"k", "steps", "tune_steps", "gate_dim"},
            .steps = steps_of,
            .summarise = summarise};
}

}  // namespace gatescope
