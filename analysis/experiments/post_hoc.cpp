// The same gate where the model is frozen, and where one layer's Q/K/V adapt beside it.
#include <array>
#include <cmath>

#include "analysis/experiments/experiment_entries.h"
#include "analysis/experiments/experiment_rows.h"
#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"

namespace gatescope {
namespace {

constexpr const char* kBase = "base";
constexpr std::size_t kDense = 0, kLearned = 1, kRandom = 2, kOracle = 3;  // of the base's measuring
constexpr double kMargin = 0.01;                                           // nats a token: about 1 % of perplexity

// What one layer's Q/K/V adapt beside.
struct Arm {
    const char* name;
    const char* label;
    const char* row;
    const char* role;
    bool gate, learns;
};
constexpr std::array<Arm, 3> kArms = {{{"one-layer-learned", "learned", "learned gate", "learned", true, true},
                                       {"one-layer-random", "random", "random gate", "random", true, false},
                                       {"one-layer-none", "no gate", "no gate", "none", false, false}}};
constexpr std::size_t kWithLearned = 0, kWithRandom = 1, kWithNone = 2;

std::int64_t middle_layer(const ExperimentCourse& course) {
    return course.config.n_layers / 2;
}

void add_arm(std::vector<ExperimentStep>& steps, const ExperimentCourse& course, const std::string& folder,
             std::int64_t seed, const Arm& arm) {
    const std::string layer = std::to_string(middle_layer(course));
    std::vector<std::string> changes;
    if (arm.gate)
        changes = {"gate.gate=soft-learned@" + layer, std::string("gate.train=") + (arm.learns ? "true" : "false")};
    const ExperimentStep run = tune_step(course, arm.name, seed, base_model(course, folder, seed), layer, changes);
    steps.push_back(run);
    std::vector<std::string> gates;
    if (arm.gate) gates.push_back(soft_gate(course, gate_file(folder, run)) + "@" + layer);
    steps.push_back(measure_step(course, arm.name, seed, last_checkpoint(folder, run), gates));
}

std::vector<ExperimentStep> steps_of(const ExperimentCourse& course, const std::string& folder) {
    std::vector<ExperimentStep> out;
    for (const std::int64_t seed : course.seeds) {
        for (ExperimentStep& step : base_steps(course, seed)) out.push_back(std::move(step));
        const std::string base = base_model(course, folder, seed);
        const ExperimentStep gate = distill_step(course, kBase, seed, base, "kl");
        out.push_back(gate);
        out.push_back(measure_step(course, kBase, seed, base,
                                   {learned_gate(course, course.k, gate_file(folder, gate)),
                                    random_gate(course, course.k, seed), "oracle:k=" + std::to_string(course.k)}));
        for (const Arm& arm : kArms) add_arm(out, course, folder, seed, arm);
    }
    return out;
}

struct Findings {
    std::array<std::vector<const GateOutcome*>, 4> frozen;          // by place, by seed
    std::array<std::vector<const GateOutcome*>, kArms.size()> one;  // one layer adapts
};

Findings findings_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    Findings out;
    for (const std::size_t place : {kDense, kLearned, kRandom, kOracle})
        out.frozen[place] = by_seed(plan, outcomes, kBase, place);
    for (std::size_t n = 0; n < kArms.size(); ++n)
        out.one[n] = by_seed(plan, outcomes, kArms[n].name, kArms[n].gate ? 1 : kDense);
    return out;
}

// Random less learned, nats a token.
Quantity frozen_lead(const Findings& found) {
    return nll_difference(found.frozen[kRandom], found.frozen[kLearned]);
}
Quantity adapted_lead(const Findings& found) {
    return nll_difference(found.one[kWithRandom], found.one[kWithLearned]);
}
// What the random gate costs before Q/K/V adapt, nats a token: what there is to learn, or to absorb.
Quantity adapted_stake(const ExperimentPlan& plan, const Outcomes& outcomes) {
    std::vector<double> values;
    for (const std::int64_t seed : plan.course.seeds) {
        const auto first = [&](const Arm& arm) {
            const StepOutcome* run = done_outcome(outcomes, run_name(arm.name, seed));
            const bool known = run != nullptr && !run->curves.empty() && run->curves[0] != nullptr;
            return known ? first_of({run->curves[0].get()}, "perplexity").mean : std::nan("");
        };
        values.push_back(std::log(first(kArms[kWithRandom]) / first(kArms[kWithNone])));
    }
    return over_seeds(values);
}
// Of the way from the random gate to the dense model, %; nothing where there is no such way.
Quantity closed_by_gate(const Findings& found) {
    if (!above(perplexity_difference(found.frozen[kRandom], found.frozen[kDense]), 0)) return {};
    return combined({found.frozen[kRandom], found.frozen[kLearned], found.frozen[kDense]},
                    [](const std::vector<double>& p) { return 100 * (p[0] - p[1]) / (p[0] - p[2]); });
}

std::string frozen_steps(const ExperimentPlan& plan) {
    return steps_words(plan) + "; frozen, gate alone for " + std::to_string(plan.course.gate_steps) +
           " steps, hard top-k in all layers, k = " + std::to_string(plan.course.k);
}
std::string adapted_steps(const ExperimentPlan& plan) {
    return (plan.course.own_model ? steps_words(plan) + "; then " : "") + "Q, K and V of layer " +
           std::to_string(middle_layer(plan.course)) + " for " + std::to_string(plan.course.tune_steps) +
           " steps, soft gate in that layer";
}

void add_frozen_rows(ExperimentSummary& summary, const ExperimentPlan& plan, const Outcomes& outcomes,
                     const Findings& found) {
    const PaperFacts& paper = paper_facts();
    const std::string compare = perplexities_compare(plan);
    const auto add = [&](const std::string& what, const std::string& unit, const Quantity& ours, const PaperFact& fact,
                         const std::string& comparable) {
        if (std::isfinite(ours.mean))
            summary.rows.push_back(experiment_row(plan, {what, unit, frozen_steps(plan), comparable}, ours, fact));
    };
    add("2a: Perplexity, dense", "perplexity", perplexity_quantity(found.frozen[kDense]), paper.dense, compare);
    add("2a: Perplexity, learned gate, step 0", "perplexity",
        first_of(curves_of(plan, outcomes, "base-seed-", "-gate", 0), "perplexity"), paper.post_hoc_first, compare);
    add("2a: Perplexity, learned gate, last step", "perplexity", perplexity_quantity(found.frozen[kLearned]),
        paper.post_hoc_last, compare + (plan.course.gate_steps == 500 ? "" : " The paper's has 500 steps."));
    add("2a: Perplexity, frozen random gate", "perplexity", perplexity_quantity(found.frozen[kRandom]), paper.nothing,
        "The paper says that it stays flat; at what height is not in what we could read.");
    add("2a: Perplexity, oracle", "perplexity", perplexity_quantity(found.frozen[kOracle]), paper.nothing,
        "The best that k keys by the model's own scores give.");
    add("2a: Random less learned, paired", "perplexity",
        perplexity_difference(found.frozen[kRandom], found.frozen[kLearned]), paper.post_hoc_lead,
        "The sign, and the size beside dense perplexity; the paper's is what its learned gate gains.");
    add("2a: The same in nats", "nats", frozen_lead(found), paper.post_hoc_lead_nats,
        "The sign, and the size as a rough guide: losses compare between models better than perplexities.");
    add("2a: Share of random to dense closed", "%", closed_by_gate(found), paper.post_hoc_closed,
        "The share, as a number, as far as the trainings are alike.");
}

void add_adapted_rows(ExperimentSummary& summary, const ExperimentPlan& plan, const Findings& found) {
    const PaperFacts& paper = paper_facts();
    const auto add = [&](const std::string& what, const std::string& unit, const Quantity& ours, const PaperFact& fact,
                         const std::string& comparable) {
        if (std::isfinite(ours.mean))
            summary.rows.push_back(experiment_row(plan, {what, unit, adapted_steps(plan), comparable}, ours, fact));
    };
    const std::array<PaperFact, kArms.size()> facts = {paper.one_layer_learned, paper.one_layer_random,
                                                       paper.one_layer_none};
    for (std::size_t n = 0; n < kArms.size(); ++n)
        add("2b: Perplexity, " + std::string(kArms[n].row), "perplexity", perplexity_quantity(found.one[n]), facts[n],
            "Not the numbers: the paper's are of Qwen3-1.7B. Only the differences between the three.");
    const std::string differences = "The sign and the size beside the model's own perplexity.";
    add("2b: Random less learned, paired", "perplexity",
        perplexity_difference(found.one[kWithRandom], found.one[kWithLearned]), paper.one_layer_lead, differences);
    add("2b: The same in nats", "nats", adapted_lead(found), paper.one_layer_lead_nats, differences);
    add("2b: Learned less no gate, paired", "perplexity",
        perplexity_difference(found.one[kWithLearned], found.one[kWithNone]), paper.one_layer_cost, differences);
    add("2b: Random less no gate, paired", "perplexity",
        perplexity_difference(found.one[kWithRandom], found.one[kWithNone]), paper.one_layer_cost, differences);
}

ExperimentChart frozen_chart(const ExperimentPlan& plan, const Outcomes& outcomes, const Findings& found) {
    ExperimentChart out;
    out.id = "figure-2a";
    out.title = "Gate alone, on the frozen model";
    out.x_label = "step of the gate";
    out.y_label = "held-out perplexity, hard top-k";
    constexpr std::array<const char*, 2> kCurves = {"learned", "random"};
    for (std::size_t n = 0; n < kCurves.size(); ++n)
        add_gate_curves(out, plan, outcomes, kBase, kCurves[n], kCurves[n], "perplexity", n);
    const std::array<std::pair<std::size_t, const char*>, 2> levels = {{{kDense, "dense"}, {kOracle, "oracle"}}};
    for (const auto& [place, name] : levels)
        if (const Quantity value = perplexity_quantity(found.frozen[place]); std::isfinite(value.mean))
            out.levels.push_back({name, name, value.mean});
    return out;
}

ExperimentChart adapted_chart(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "figure-2b";
    out.title = "One layer's Q/K/V adapt beside a gate";
    out.x_label = "step of Q/K/V";
    out.y_label = "held-out perplexity under the gate";
    for (const Arm& arm : kArms) add_curves(out, plan, outcomes, arm.name, arm.label, arm.role, "perplexity");
    return out;
}

// With one seed there is no interval.
bool matters(const Quantity& stake) {
    return has_interval(stake) ? above(stake, kMargin) : stake.mean > kMargin;
}

Verdict verdict_of(const Findings& found, const Quantity& stake) {
    const Quantity frozen = frozen_lead(found), adapted = adapted_lead(found);
    const bool room = above(nll_difference(found.frozen[kRandom], found.frozen[kDense]), kMargin);
    if ((room && below(frozen, kMargin)) || above(adapted, kMargin)) return Verdict::kContradicts;
    const bool supports = above(frozen, kMargin) && below(adapted, kMargin) && matters(stake);
    return supports ? Verdict::kSupports : Verdict::kUndecided;
}

std::string closed_words(const Findings& found) {
    const Quantity closed = closed_by_gate(found);
    return closed.count == 0 ? "" : ", " + quantity_words(closed, 1, "%") + " of the way to dense";
}

void decide(ExperimentSummary& summary, const ExperimentPlan& plan, const Outcomes& outcomes, const Findings& found) {
    summary.rule =
        "By the learned gate's lead over the random one, the random one's loss less its own: supports where the 95 % "
        "interval lies above 0.01 nats a token (1 % of perplexity) on the frozen model and below it with Q/K/V "
        "adapting; contradicts where either lies on the other side; else undecided. Undecided, too, where the random "
        "gate costs no more than that and there is nothing to win: over dense on the frozen model, or over none before "
        "Q/K/V adapt. The limit is ours.";
    if (!all_there(plan, outcomes)) {
        summary.sentence = open_words(plan, outcomes);
        return;
    }
    const Quantity frozen = frozen_lead(found), adapted = adapted_lead(found), stake = adapted_stake(plan, outcomes);
    summary.verdict = verdict_of(found, stake);
    const auto perplexity = [](const std::vector<const GateOutcome*>& gate) {
        return number_words(perplexity_quantity(gate).mean, 2);
    };
    summary.sentence = verdict_words(plan, summary.verdict) +
                       "on the frozen model the learned gate reaches perplexity " + perplexity(found.frozen[kLearned]) +
                       ", the random one " + perplexity(found.frozen[kRandom]) + ", a lead of " +
                       quantity_words(frozen, 3, "nats") + " a token" + closed_words(found) +
                       "; where one layer's Q/K/V adapt they end at " + perplexity(found.one[kWithLearned]) + " and " +
                       perplexity(found.one[kWithRandom]) + ", a lead of " + quantity_words(adapted, 3, "nats") +
                       ", and without a gate at " + perplexity(found.one[kWithNone]) +
                       ". Before they adapt a random gate costs " + quantity_words(stake, 3, "nats") + ".";
}

ExperimentSummary summarise(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentSummary out;
    const Findings found = findings_of(plan, outcomes);
    add_frozen_rows(out, plan, outcomes, found);
    add_adapted_rows(out, plan, found);
    out.charts = {frozen_chart(plan, outcomes, found), adapted_chart(plan, outcomes)};
    add_base_training(out.charts, plan, outcomes);
    decide(out, plan, outcomes, found);
    const OurChoices& ours = our_choices();
    out.notes = {
        std::string("What gate Figure 2b uses is not in what we could read. Ours is a soft one in the layer that "
                    "adapts and nowhere else; the random one is the learned one kept at its first values. 2a has hard "
                    "top-k gates in all layers, so that leads of 2a and 2b differ in more than what is frozen."),
        "Lines are means over seeds; the table has intervals, and differences seed by seed.",
        "Which layer adapts is not in what we could read. Ours is the middle one, layer " +
            std::to_string(middle_layer(plan.course)) + " counted from 0; its Q, K and V train, all else is frozen.",
        ours.soft_gate,
        ours.kl_loss + " What trains the paper's gate in Figure 2a is not in what we could read; ours is that loss.",
        "No keys are forced into the gates' sets: no sinks, no local ones.",
        ours.optimiser,
        ours.held_out};
    if (plan.course.seeds.size() == 1) out.notes.push_back(one_seed_words());
    return out;
}

}  // namespace

ExperimentInfo post_hoc_experiment() {
    return {.id = "post-hoc",
            .label = "Post hoc against co-adapted",
            .source = "Routing absorption, Figure 2",
            .question =
                "Does the same gate learn something useful where the model is frozen, and nothing where Q/K/V "
                "adapt beside it?",
            .method =
                "2a: a gate alone is trained on the frozen dense model, by KL to its attention, against the same "
                "gate kept at its random first values. 2b: Q, K and V of one middle layer are tuned with a soft "
                "gate that learns with them, with a frozen random one, and with none.",
            .claim =
                "On the frozen 31M model the learned gate goes from 46.8 to 37.3 in 500 steps while the random one "
                "stays flat; where one layer of Qwen3-1.7B adapts both end at 8.80, without a gate at 8.70.",
            .takes_model = true,
            .params = {"k", "steps", "tune_steps", "gate_steps", "held_out_windows", "gate_dim"},
            .steps = steps_of,
            .summarise = summarise};
}

}  // namespace gatescope
