// Does a gate that learns with the model help it more than one that stays random?
#include <algorithm>
#include <cmath>

#include "analysis/experiments/experiment_entries.h"
#include "analysis/experiments/experiment_rows.h"
#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"

namespace gatescope {
namespace {

constexpr const char* kDense = "dense";
constexpr const char* kLearned = "soft-learned";
constexpr const char* kRandom = "soft-random";
constexpr double kPercent = 100;

std::vector<ExperimentStep> steps_of(const ExperimentCourse& course, const std::string& folder) {
    std::vector<ExperimentStep> out;
    for (const std::int64_t seed : course.seeds) {
        for (ExperimentStep& step : base_steps(course, seed)) out.push_back(std::move(step));
        out.push_back(measure_step(course, kDense, seed, base_model(course, folder, seed), {}));
        for (const bool learns : {true, false}) {
            const ExperimentStep run = soft_run(course, seed, learns);
            const std::string gate = soft_gate(course, gate_file(folder, run));
            out.push_back(run);
            out.push_back(measure_step(course, run.arm, seed, last_checkpoint(folder, run), {gate}));
        }
    }
    return out;
}

using BySeed = std::vector<const GateOutcome*>;

// Each deployed under its own gate.
struct Arms {
    BySeed dense, learned, random;
    Quantity learned_less_random, random_less_dense;
    Quantity closed;     // percent of the gap between random and dense that learning closes, where there is one
    Quantity past_half;  // learned less the middle of random and dense: above 0, less than half is closed
};

Arms arms_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    Arms out;
    out.dense = by_seed(plan, outcomes, kDense, 0);
    out.learned = by_seed(plan, outcomes, kLearned, 1);
    out.random = by_seed(plan, outcomes, kRandom, 1);
    out.learned_less_random = perplexity_difference(out.learned, out.random);
    out.random_less_dense = perplexity_difference(out.random, out.dense);
    const std::vector<BySeed> all = {out.learned, out.random, out.dense};
    out.past_half = combined(all, [](const auto& of) { return of[0] - (of[1] + of[2]) / 2; });
    if (above(out.random_less_dense, 0))
        out.closed = combined(all, [](const auto& of) { return kPercent * (of[1] - of[0]) / (of[1] - of[2]); });
    return out;
}

std::vector<ExperimentRow> rows_of(const ExperimentPlan& plan, const Arms& arms) {
    const PaperFacts& paper = paper_facts();
    const std::string steps = steps_words(plan), numbers = perplexities_compare(plan);
    const std::string sign = "Sign and size beside the arms' own perplexity; not the number itself.";
    const bool gap = arms.closed.count > 0;
    const std::string share =
        gap ? "A share, and so free of text and tokenizer: compares best of all rows. Model and steps differ."
            : "Nothing to compare: the 95 % interval of random less dense reaches 0, and of no gap there is no share.";
    std::vector<ExperimentRow> out;
    const auto add = [&](const Quantity& ours, const RowText& text, const PaperFact& fact) {
        out.push_back(experiment_row(plan, text, ours, fact));
    };
    add(perplexity_quantity(arms.dense), {"Perplexity, dense", "perplexity", steps, numbers}, paper.dense);
    add(perplexity_quantity(arms.learned), {"Perplexity, soft gate that learns", "perplexity", steps, numbers},
        paper.soft_learned);
    add(perplexity_quantity(arms.random),
        {"Perplexity, soft gate frozen at random values", "perplexity", steps, numbers}, paper.soft_random);
    add(arms.learned_less_random, {"Perplexity, learned less random, seed by seed", "perplexity", steps, sign},
        paper.soft_learned_less_random);
    add(arms.random_less_dense, {"Perplexity, random less dense, seed by seed", "perplexity", steps, sign},
        paper.soft_random_less_dense);
    add(arms.closed, {"Share of the random-dense gap that learning closes", "%", steps, share}, paper.soft_closed);
    std::erase_if(out, [gap](const ExperimentRow& row) { return row.ours.count == 0 && (gap || row.unit != "%"); });
    if (out.size() == 1 && out[0].ours.count == 0) out.clear();
    return out;
}

ExperimentChart by_arm(const Arms& arms) {
    ExperimentChart out;
    out.id = "arms";
    out.title = "Held-out perplexity by arm, each under its own gate";
    out.x_label = "What the model trains with", out.y_label = "Perplexity";
    out.bars = true;
    out.categories = {"Dense", "Learned soft gate", "Random soft gate"};
    add_bar(out, out.categories[0], "dense", 0, perplexity_quantity(arms.dense));
    add_bar(out, out.categories[1], "learned", 1, perplexity_quantity(arms.learned));
    add_bar(out, out.categories[2], "random", 2, perplexity_quantity(arms.random));
    return out;
}

ExperimentChart beside_paper(const Arms& arms) {
    ExperimentChart out;
    out.id = "relative";
    out.title = "Perplexity relative to dense, beside the paper's";
    out.x_label = "What the model trains with", out.y_label = "Times dense perplexity";
    out.bars = true;
    out.categories = {"Learned soft gate", "Random soft gate"};
    const auto ratio = [](const auto& of) { return of[0] / of[1]; };
    ExperimentSeries ours{.label = "Ours", .role = "learned", .x = {}, .y = {}, .low = {}, .high = {}};
    add_point(ours, 0, combined({arms.learned, arms.dense}, ratio));
    add_point(ours, 1, combined({arms.random, arms.dense}, ratio));
    if (ours.x.empty()) return out;
    out.series.push_back(std::move(ours));
    const PaperFacts& paper = paper_facts();
    const double learned = paper.soft_learned.value / paper.dense.value;
    const double random = paper.soft_random.value / paper.dense.value;
    out.series.push_back(
        {.label = "Paper (31M)", .role = "paper", .x = {0, 1}, .y = {learned, random}, .low = {}, .high = {}});
    out.levels.push_back({"Dense", "dense", 1});
    return out;
}

ExperimentChart by_step(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "training";
    out.title = "Held-out perplexity while the models train, each under its own gate";
    out.x_label = "Step", out.y_label = "Perplexity";
    out.log_y = true;
    add_curves(out, plan, outcomes, kDense, "Dense", "dense", "perplexity");
    add_curves(out, plan, outcomes, kLearned, "Learned soft gate", "learned", "perplexity");
    add_curves(out, plan, outcomes, kRandom, "Random soft gate", "random", "perplexity");
    return out;
}

std::string numbers_of(const Arms& arms) {
    const auto mean = [](const BySeed& arm) { return number_words(perplexity_quantity(arm).mean, 2); };
    std::string out = " Perplexity: learned " + mean(arms.learned) + ", random " + mean(arms.random) + ", dense " +
                      mean(arms.dense) + "; learned less random " + difference_words(arms.learned_less_random) +
                      "; random less dense " + difference_words(arms.random_less_dense) + ".";
    if (arms.closed.count > 0)
        out += " Learning closes " + quantity_words(arms.closed, 1, "%") + " of the gap, in the paper 8.8 %.";
    return out;
}

void judge(const Arms& arms, ExperimentSummary& out) {
    const bool many = arms.dense.size() > 1;
    const bool worse = many && above(arms.random_less_dense, 0);
    const auto say = [&](Verdict verdict, const std::string& words) {
        out.verdict = verdict;
        out.sentence = words + numbers_of(arms);
    };
    if (many && below(arms.random_less_dense, 0))
        say(Verdict::kContradicts,
            "Contradicts the paper: its gap does not appear, the model with a random soft gate is better than the "
            "dense one.");
    else if (worse && above(arms.past_half, 0))
        say(Verdict::kSupports,
            "Supports the paper: soft gates cost perplexity, and a gate that learns wins back "
            "less than half of what a random one costs.");
    else if (worse && below(arms.past_half, 0))
        say(Verdict::kContradicts,
            "Contradicts the paper: a gate that learns wins back more than half of what a "
            "random one costs.");
    else if (!many)
        say(Verdict::kUndecided, "Undecided: one seed says nothing about the spread between trainings.");
    else if (!worse)
        say(Verdict::kUndecided,
            "Undecided: the paper's gap does not appear, the model with a random soft gate is "
            "not worse than the dense one by more than seeds differ, so that there is nothing "
            "for learning to win back.");
    else
        say(Verdict::kUndecided,
            "Undecided: soft gates cost perplexity, but whether learning wins back half of it is "
            "within the spread of seeds.");
}

ExperimentSummary summarise(const ExperimentPlan& plan, const Outcomes& outcomes) {
    const Arms arms = arms_of(plan, outcomes);
    ExperimentSummary out;
    out.rows = rows_of(plan, arms);
    out.charts = {by_arm(arms), beside_paper(arms), by_step(plan, outcomes)};
    out.rule =
        "Supports if random is worse than dense and learned is nearer to random than to dense; contradicts if "
        "random is better than dense, or learned is nearer to dense; each with its whole 95 % interval over "
        "seeds, else undecided.";
    out.notes = {our_choices().soft_gate, our_choices().random_gate, our_choices().optimiser, our_choices().held_out};
    out.sentence = open_words(plan, outcomes);
    if (all_there(plan, outcomes)) judge(arms, out);
    return out;
}

}  // namespace

ExperimentInfo soft_gating_experiment() {
    return {.id = "soft-gating",
            .label = "Soft gating",
            .source = "Routing absorption, evidence 1",
            .question = "Does a soft gate that learns with the model do better than one frozen at random values?",
            .method =
                "From the same first weights and on the same windows a model trains without a gate, with a soft "
                "gate that learns along, and with the same gate frozen at its random first values. Each is "
                "measured on held-out text under its own gate.",
            .claim =
                "A learned soft gate ends at 48.73 and a random one at 49.83, while dense reaches 37.32: Q, K and "
                "V adapt to either.",
            .params = {"steps", "held_out_windows", "gate_dim"},
            .steps = steps_of,
            .summarise = summarise};
}

}  // namespace gatescope
