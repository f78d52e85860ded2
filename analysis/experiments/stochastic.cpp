// Do masks that are drawn anew at every step keep Q/K/V from adapting to them?
#include "analysis/experiments/experiment_entries.h"
#include "analysis/experiments/experiment_rows.h"
#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"

namespace gatescope {
namespace {

constexpr const char* kDense = "dense";
constexpr const char* kStochastic = "stochastic";

std::vector<ExperimentStep> steps_of(const ExperimentCourse& course, const std::string& folder) {
    std::vector<ExperimentStep> out;
    const std::string k = ":k=" + std::to_string(course.k);
    for (const std::int64_t seed : course.seeds) {
        const std::string masks = "uniform" + k + ",seed=" + std::to_string(seed);
        for (ExperimentStep& step : base_steps(course, seed)) out.push_back(std::move(step));
        out.push_back(measure_step(course, kDense, seed, base_model(course, folder, seed), {masks}));
        const ExperimentStep run = scratch_step(course, kStochastic, seed, {"gate.gate=stochastic" + k});
        out.push_back(run);
        out.push_back(measure_step(course, kStochastic, seed, last_checkpoint(folder, run), {masks}));
    }
    return out;
}

using BySeed = std::vector<const GateOutcome*>;

struct Arms {
    BySeed dense, stochastic;                // deployed dense
    BySeed dense_masked, stochastic_masked;  // deployed under random masks
    Quantity difference, ratio;              // stochastic against dense, both deployed dense
};

Arms arms_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    Arms out;
    out.dense = by_seed(plan, outcomes, kDense, 0);
    out.dense_masked = by_seed(plan, outcomes, kDense, 1);
    out.stochastic = by_seed(plan, outcomes, kStochastic, 0);
    out.stochastic_masked = by_seed(plan, outcomes, kStochastic, 1);
    out.difference = perplexity_difference(out.stochastic, out.dense);
    out.ratio = combined({out.stochastic, out.dense}, [](const auto& of) { return of[0] / of[1]; });
    return out;
}

std::string masks_words(const ExperimentPlan& plan) {
    return "random masks of " + std::to_string(plan.course.k) + " of " + std::to_string(plan.course.window_length()) +
           " keys";
}

std::vector<ExperimentRow> rows_of(const ExperimentPlan& plan, const Arms& arms) {
    const PaperFacts& paper = paper_facts();
    const std::string steps = steps_words(plan), numbers = perplexities_compare(plan), masks = masks_words(plan);
    const std::string alone = "Ours alone: not in what we could read of the paper.";
    std::vector<ExperimentRow> out;
    const auto add = [&](const Quantity& ours, const RowText& text, const PaperFact& fact) {
        if (ours.count > 0) out.push_back(experiment_row(plan, text, ours, fact));
    };
    add(perplexity_quantity(arms.dense), {"Perplexity, trained dense, deployed dense", "perplexity", steps, numbers},
        paper.dense);
    add(perplexity_quantity(arms.stochastic),
        {"Perplexity, trained under " + masks + ", deployed dense", "perplexity", steps, numbers},
        paper.stochastic_dense);
    add(arms.difference,
        {"Perplexity, masks in training less dense, seed by seed", "perplexity", steps,
         "Sign and size beside the arms' own perplexity; not the number itself."},
        paper.stochastic_less_dense);
    add(arms.ratio,
        {"Ratio, masks in training to dense, seed by seed", "times", steps,
         "A ratio depends less on text and tokenizer: compares best of all rows. Model and steps differ."},
        paper.stochastic_ratio);
    add(perplexity_quantity(arms.stochastic_masked),
        {"Perplexity, trained and deployed under random masks", "perplexity", steps, alone}, paper.nothing);
    add(perplexity_quantity(arms.dense_masked),
        {"Perplexity, trained dense, deployed under random masks", "perplexity", steps, alone}, paper.nothing);
    return out;
}

ExperimentChart by_arm(const Arms& arms) {
    ExperimentChart out;
    out.id = "arms";
    out.title = "Held-out perplexity, by training and by use";
    out.x_label = "How the model is used", out.y_label = "Perplexity";
    out.bars = true;
    out.categories = {"Deployed dense", "Deployed under random masks"};
    const auto add = [&out](const char* label, const char* role, const BySeed& dense, const BySeed& masked) {
        ExperimentSeries series{.label = label, .role = role, .x = {}, .y = {}, .low = {}, .high = {}};
        bool intervals = true;
        double at = 0;
        for (const BySeed* use : {&dense, &masked}) {
            const Quantity quantity = perplexity_quantity(*use);
            if (quantity.count > 0) {
                series.x.push_back(at), series.y.push_back(quantity.mean);
                series.low.push_back(quantity.low), series.high.push_back(quantity.high);
                intervals = intervals && has_interval(quantity);
            }
            ++at;
        }
        if (!intervals) series.low.clear(), series.high.clear();
        if (!series.x.empty()) out.series.push_back(std::move(series));
    };
    add("Trained dense", "dense", arms.dense, arms.dense_masked);
    add("Trained under random masks", "stochastic", arms.stochastic, arms.stochastic_masked);
    out.log_y = reaches_far(out);
    return out;
}

ExperimentChart by_step(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "training";
    out.title = "Held-out perplexity without masks while the models train";
    out.x_label = "Step", out.y_label = "Perplexity";
    out.log_y = true;
    add_curves(out, plan, outcomes, kDense, "Trained dense", "dense", "perplexity_dense");
    add_curves(out, plan, outcomes, kStochastic, "Trained under random masks", "stochastic", "perplexity_dense");
    return out;
}

void judge(const Arms& arms, ExperimentSummary& out) {
    const bool many = arms.dense.size() > 1;
    const std::string numbers =
        " Deployed dense it has perplexity " + number_words(perplexity_quantity(arms.stochastic).mean, 2) +
        " against " + number_words(perplexity_quantity(arms.dense).mean, 2) + ": " + difference_words(arms.difference) +
        ", " + number_words(arms.ratio.mean, 2) + " times; in the paper 78.2 against 37.32, 2.10 times.";
    if (many && above(arms.difference, 0)) {
        out.verdict = Verdict::kSupports;
        out.sentence =
            "Supports the paper: a model that trained under ever new random masks is worse without them "
            "than one that never saw any." +
            numbers;
    } else if (many && below(arms.difference, 0)) {
        out.verdict = Verdict::kContradicts;
        out.sentence =
            "Contradicts the paper: a model that trained under ever new random masks is better without "
            "them than one that never saw any." +
            numbers;
    } else {
        out.verdict = Verdict::kUndecided;
        out.sentence = (many ? "Undecided: what random masks in training cost is within the spread of seeds."
                             : "Undecided: one seed says nothing about the spread between trainings.") +
                       numbers;
    }
}

ExperimentSummary summarise(const ExperimentPlan& plan, const Outcomes& outcomes) {
    const Arms arms = arms_of(plan, outcomes);
    ExperimentSummary out;
    out.rows = rows_of(plan, arms);
    out.charts = {by_arm(arms), by_step(plan, outcomes)};
    out.rule =
        "Supports if the 95 % interval over seeds of the difference, masks in training less dense, both "
        "deployed dense, lies above 0; contradicts if below; else undecided.";
    out.notes = {our_choices().random_masks,
                 "That the model is worse is what the paper reports; that Q, K and V adapted to masks as such is its "
                 "reading. The rows under random masks show how much of the model needs them.",
                 our_choices().optimiser, our_choices().held_out};
    out.sentence = open_words(plan, outcomes);
    if (all_there(plan, outcomes)) judge(arms, out);
    return out;
}

}  // namespace

ExperimentInfo stochastic_experiment() {
    return {.id = "stochastic",
            .label = "Stochastic masks",
            .source = "Routing absorption, evidence 4",
            .question = "Does a model that trains under ever new random masks stay as good without them?",
            .method =
                "A model trains while every query sees k random keys, drawn anew at every step, and another "
                "without masks. Both are measured on held-out text without masks, and under random ones.",
            .claim =
                "Trained under random masks and deployed dense the model has perplexity 78.2, against 37.3 of "
                "the baseline: randomness does not prevent co-adaptation.",
            .params = {"k", "steps", "held_out_windows"},
            .steps = steps_of,
            .summarise = summarise};
}

}  // namespace gatescope
