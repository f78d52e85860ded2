// From none to all layers adapt to a learned and to a random hard gate: how much of the gap is left.
#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/experiments/experiment_entries.h"
#include "analysis/experiments/experiment_rows.h"
#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"

namespace gatescope {
namespace {

constexpr const char* kBase = "base";
constexpr std::size_t kDense = 0, kFirst = 1;
enum class Mask : std::uint8_t { kLearned, kRandom };
constexpr std::array<Mask, 2> kMasks = {Mask::kRandom, Mask::kLearned};
using BySeed = std::vector<const GateOutcome*>;

std::string name_of(Mask mask) {
    return mask == Mask::kLearned ? "learned" : "random";
}

std::string arm_of(Mask mask, std::int64_t level) {
    return name_of(mask) + "-upper-" + std::to_string(level);
}

std::string upper_layers(const ExperimentCourse& course, std::int64_t level) {
    return std::to_string(course.config.n_layers - level) + "-" + std::to_string(course.config.n_layers - 1);
}

std::vector<ExperimentStep> steps_of(const ExperimentCourse& course, const std::string& folder) {
    std::vector<ExperimentStep> out;
    for (const std::int64_t seed : course.seeds) {
        for (ExperimentStep& step : base_steps(course, seed)) out.push_back(std::move(step));
        const std::string base = base_model(course, folder, seed);
        const ExperimentStep gate = distill_step(course, kBase, seed, base, "kl");
        out.push_back(gate);
        const std::string learned = learned_gate(course, course.k, gate_file(folder, gate));
        const std::string random = random_gate(course, course.k, seed);
        out.push_back(measure_step(course, kBase, seed, base, {learned, random}));
        for (const std::int64_t level : course.levels) {
            if (level == 0) continue;
            for (const Mask mask : kMasks) {
                const std::string& under = mask == Mask::kLearned ? learned : random;
                const std::string arm = arm_of(mask, level);
                const ExperimentStep run =
                    tune_step(course, arm, seed, base, upper_layers(course, level), {"gate.gate=" + under});
                out.push_back(run);
                out.push_back(measure_step(course, arm, seed, last_checkpoint(folder, run), {under}));
            }
        }
    }
    return out;
}

struct Level {
    std::int64_t layers = 0;
    BySeed learned, random;
    Quantity gap, nats;  // random less learned, in perplexity and in nats a token
};

std::vector<Level> levels_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    std::vector<Level> out;
    for (const std::int64_t layers : plan.course.levels) {
        Level level;
        level.layers = layers;
        const auto under = [&](Mask mask) {
            return layers == 0 ? by_seed(plan, outcomes, kBase, kFirst + (mask == Mask::kLearned ? 0 : 1))
                               : by_seed(plan, outcomes, arm_of(mask, layers), kFirst);
        };
        level.learned = under(Mask::kLearned);
        level.random = under(Mask::kRandom);
        level.gap = perplexity_difference(level.random, level.learned);
        level.nats = nll_difference(level.random, level.learned);
        out.push_back(std::move(level));
    }
    return out;
}

// The first level's gap less the last one's, in perplexity and in nats a token: in these it does not count as closing
// that all perplexities fall, and windows' losses spread evenly.
Quantity shrinking_of(const Level& first, const Level& last) {
    return combined({first.random, first.learned, last.random, last.learned},
                    [](const std::vector<double>& p) { return (p[0] - p[1]) - (p[2] - p[3]); });
}
Quantity shrinking_in_nats(const Level& first, const Level& last) {
    return combined({first.random, first.learned, last.random, last.learned},
                    [](const std::vector<double>& p) { return std::log(p[0] / p[1]) - std::log(p[2] / p[3]); });
}
// What of the first level's gap in nats is left, %; nothing where it has none.
Quantity left_of(const Level& first, const Level& last) {
    if (!above(first.nats, 0)) return {};
    return combined({first.random, first.learned, last.random, last.learned},
                    [](const std::vector<double>& p) { return 100 * std::log(p[2] / p[3]) / std::log(p[0] / p[1]); });
}

double share_of(const ExperimentPlan& plan, std::int64_t layers) {
    return 100.0 * static_cast<double>(layers) / static_cast<double>(plan.course.config.n_layers);
}

std::string level_words(const ExperimentPlan& plan, std::int64_t layers) {
    return std::to_string(layers) + " of " + std::to_string(plan.course.config.n_layers) + " layers";
}

// The level that the paper's second gap is beside: nearest to 29 % of the layers.
std::int64_t like_29_percent(const ExperimentPlan& plan) {
    constexpr double kShare = 29;
    std::int64_t out = 0;
    for (const std::int64_t layers : plan.course.levels)
        if (layers > 0 &&
            (out == 0 || std::abs(share_of(plan, layers) - kShare) < std::abs(share_of(plan, out) - kShare)))
            out = layers;
    return out;
}

std::string steps_of_level(const ExperimentPlan& plan, std::int64_t layers) {
    const ExperimentCourse& course = plan.course;
    std::string out = course.own_model ? steps_words(plan) + "; " : "";
    out += "k = " + std::to_string(course.k) + " (" + number_words(sparsity_percent(plan, course.k), 1) +
           " % sparsity), gate distilled for " + std::to_string(course.gate_steps) + " steps";
    if (layers == 0) return out;
    const std::int64_t windows =
        integer(course.base.values, "train.batch") * integer(course.base.values, "train.accumulation");
    return out + "; then Q, K and V of " + level_words(plan, layers) + " for " + std::to_string(course.tune_steps) +
           " steps of " + std::to_string(windows) + (windows == 1 ? " window of " : " windows of ") +
           std::to_string(course.window_length()) + " tokens";
}

class Rows {
  public:
    Rows(ExperimentSummary& summary, const ExperimentPlan& plan) : summary_(summary), plan_(plan) {}

    void add(const std::string& what, const std::string& unit, std::int64_t layers, const Quantity& ours,
             const PaperFact& fact, const std::string& comparable) {
        if (std::isfinite(ours.mean))
            summary_.rows.push_back(
                experiment_row(plan_, {what, unit, steps_of_level(plan_, layers), comparable}, ours, fact));
    }

    void add_level(const Level& level) {
        const PaperFacts& paper = paper_facts();
        const std::string at = ", " + level_words(plan_, level.layers);
        const std::string shape = "Not the numbers: another model, text and number of steps. Only whether ";
        const bool beside = level.layers == like_29_percent(plan_);
        add("Perplexity, learned gate" + at, "perplexity", level.layers, perplexity_quantity(level.learned),
            paper.gradient_learned, shape + "it stays flat from level to level.");
        add("Perplexity, random gate" + at, "perplexity", level.layers, perplexity_quantity(level.random),
            paper.nothing, shape + "it falls from level to level.");
        add("Random less learned, paired" + at, "perplexity", level.layers, level.gap,
            level.layers == 0 ? paper.gap_frozen
            : beside          ? paper.gap_unfrozen
                              : paper.nothing,
            shape + "it shrinks" +
                (beside ? "; the paper's has 29 % of the layers unfrozen, ours " +
                              number_words(share_of(plan_, level.layers), 0) + " %."
                        : " from level to level."));
    }

    void add_ends(const Level& first, const Level& last) {
        const PaperFacts& paper = paper_facts();
        const std::string ends = ", " + std::to_string(first.layers) + " to " + level_words(plan_, last.layers);
        const auto row = [&](const std::string& what, const std::string& unit, const Quantity& ours,
                             const PaperFact& fact, const std::string& comparable) {
            add(what + ends, unit, last.layers, ours, fact, comparable);
        };
        row("Gap shrinks by", "perplexity", shrinking_of(first, last), paper.gap_gone,
            "The sign: above 0 where co-adaptation takes over what the learned gate gave.");
        row("Gap in nats shrinks by", "nats", shrinking_in_nats(first, last), paper.gap_gone_nats,
            "The sign, and the size as a rough guide: losses compare between models better than perplexities.");
        row("Share of the gap in nats left", "%", left_of(first, last), paper.gap_left,
            "Of the gap in nats. A share, but the paper's has 29 % of the layers unfrozen and other steps.");
        row("Learned gate, change", "perplexity", perplexity_difference(last.learned, first.learned), paper.nothing,
            "The paper calls its learned gate flat; near 0 is flat.");
        row("Random gate, change", "perplexity", perplexity_difference(last.random, first.random), paper.nothing,
            "The paper's random gate falls: below 0.");
    }

  private:
    ExperimentSummary& summary_;
    const ExperimentPlan& plan_;
};

ExperimentChart gap_chart(const ExperimentPlan& plan, const Outcomes& outcomes, const std::vector<Level>& levels) {
    ExperimentChart out;
    out.id = "figure-3";
    out.title = "Absorption gradient: what is left between a learned and a random gate";
    out.x_label = "layers whose Q/K/V adapt";
    out.y_label = "held-out perplexity under the gate";
    out.shade_gap = true;
    for (const Level& level : levels)
        for (const Mask mask : kMasks) {
            const Quantity value = perplexity_quantity(mask == Mask::kLearned ? level.learned : level.random);
            add_to(out, name_of(mask) + " gate", name_of(mask), static_cast<double>(level.layers), value);
        }
    out.log_y = reaches_far(out);
    const Quantity dense = perplexity_quantity(by_seed(plan, outcomes, kBase, kDense));
    if (std::isfinite(dense.mean)) out.levels.push_back({"dense, as it was", "dense", dense.mean});
    return out;
}

ExperimentChart tuning_chart(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "tuning";
    out.title = "Q/K/V adapt to a frozen gate";
    out.x_label = "step of Q/K/V";
    out.y_label = "held-out perplexity under the gate";
    out.log_y = true;
    for (const std::int64_t level : plan.course.levels)
        for (const Mask mask : kMasks)
            add_curves(out, plan, outcomes, arm_of(mask, level), name_of(mask) + ", " + level_words(plan, level),
                       name_of(mask), "perplexity");
    return out;
}

ExperimentChart distillation_chart(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "distillation";
    out.title = "The gate learns on the frozen model";
    out.x_label = "step of the gate";
    out.y_label = "held-out perplexity, gate deployed";
    out.log_y = true;
    constexpr std::array<const char*, 2> kCurves = {"learned", "random"};
    for (std::size_t n = 0; n < kCurves.size(); ++n)
        add_gate_curves(out, plan, outcomes, kBase, kCurves[n], kCurves[n], "perplexity", n);
    return out;
}

void decide(ExperimentSummary& summary, const ExperimentPlan& plan, const Outcomes& outcomes,
            const std::vector<Level>& levels) {
    summary.rule =
        "By the gap in nats a token, the random gate's loss less the learned one's: supports where the 95 % intervals "
        "of the gap with fewest layers adapting and of what it shrinks by with most of them both lie above 0; "
        "contradicts where either lies below 0; else undecided.";
    if (!all_there(plan, outcomes)) {
        summary.sentence = open_words(plan, outcomes);
        return;
    }
    const Level &first = levels.front(), &last = levels.back();
    const Quantity gone = shrinking_in_nats(first, last);
    const bool single = levels.size() < 2;
    summary.verdict = single                                   ? Verdict::kUndecided
                      : below(first.nats, 0) || below(gone, 0) ? Verdict::kContradicts
                      : above(first.nats, 0) && above(gone, 0) ? Verdict::kSupports
                                                               : Verdict::kUndecided;
    const auto perplexity = [](const BySeed& gate) { return number_words(perplexity_quantity(gate).mean, 2); };
    summary.sentence = verdict_words(plan, summary.verdict) + "where Q/K/V of " + level_words(plan, first.layers) +
                       " adapt, perplexity is " + perplexity(first.random) + " under the random gate and " +
                       perplexity(first.learned) + " under the learned one; where " + level_words(plan, last.layers) +
                       " do, " + perplexity(last.random) + " and " + perplexity(last.learned) + ". The gap goes from " +
                       quantity_words(first.gap, 2) + " to " + quantity_words(last.gap, 2) + ", in nats a token from " +
                       number_words(first.nats.mean, 3) + " to " + number_words(last.nats.mean, 3) +
                       ": it shrinks by " + quantity_words(gone, 3, "nats") + ".";
}

std::vector<std::string> notes_of(const ExperimentPlan& plan) {
    const OurChoices& ours = our_choices();
    std::vector<std::string> out = {
        ours.unfrozen_layers + " MLPs, norms and embeddings stay as they are.",
        std::string("Whether the paper's learned gate goes on training is not in what we could read. Ours stays as it "
                    "was distilled: a hard set gives it no gradient."),
        "Both gates keep k keys in all layers, of which none is forced: no sinks, no local keys.",
        "The random gate is the learned one at its first values, drawn from the seed; it is the same at every level.",
        std::string("Every level begins at the same model and takes the same number of steps; with no layer unfrozen "
                    "nothing is trained."),
        ours.kl_loss,
        ours.optimiser,
        ours.held_out};
    if (plan.course.seeds.size() == 1) out.push_back(one_seed_words());
    return out;
}

ExperimentSummary summarise(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentSummary out;
    const std::vector<Level> levels = levels_of(plan, outcomes);
    Rows rows(out, plan);
    rows.add("Perplexity, dense", "perplexity", 0, perplexity_quantity(by_seed(plan, outcomes, kBase, kDense)),
             paper_facts().large_dense, "Not the numbers: another model and text. A level to see the gates' against.");
    for (const Level& level : levels) rows.add_level(level);
    if (levels.size() > 1) rows.add_ends(levels.front(), levels.back());
    out.charts = {gap_chart(plan, outcomes, levels), tuning_chart(plan, outcomes), distillation_chart(plan, outcomes)};
    add_base_training(out.charts, plan, outcomes);
    decide(out, plan, outcomes, levels);
    out.notes = notes_of(plan);
    return out;
}

}  // namespace

ExperimentInfo absorption_gradient_experiment() {
    return {.id = "absorption-gradient",
            .label = "Absorption gradient",
            .source = "Routing absorption, Figure 3",
            .question = "Does the gap between a learned and a random gate close as more layers may adapt to it?",
            .method =
                "A gate is distilled (KL) on the frozen dense model. Then Q, K and V of none, some and all of the "
                "upper layers are tuned with that frozen learned gate in all layers, and as long with a frozen "
                "random one; everything else stays frozen. Perplexity is measured under the gate.",
            .claim =
                "On Qwen3-1.7B the gap falls from 31.5 with frozen layers to 6.9 with 29 % of them unfrozen, while "
                "the learned gate stays at about 10.",
            .takes_model = true,
            .params = {"k", "steps", "tune_steps", "gate_steps", "held_out_windows", "gate_dim", "levels"},
            .steps = steps_of,
            .summarise = summarise};
}

}  // namespace gatescope
