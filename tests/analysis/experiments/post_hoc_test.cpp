// A gate on the frozen model and beside one layer that adapts: what is made of outcomes.
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/experiments/experiments.h"
#include "tests/analysis/experiments/made_up_outcomes.h"

namespace gatescope {
namespace {

using made_up::chart_of;
using made_up::row_of;

ExperimentSummary summary_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    return find_experiment("post-hoc").summarise(plan, outcomes);
}

struct Ends {
    double learned = 0, random = 0;              // of gates on the frozen model, dense 40
    double one_learned = 41, one_random = 41.1;  // where a layer adapts
    double one_random_first = 44;                // before it does, without a gate 40
};
Outcomes with(const ExperimentPlan& plan, const Ends& ends) {
    Outcomes out = made_up::all_done(plan);
    double more = 0;
    for (const std::int64_t seed : plan.course.seeds) {
        const std::string behind = "-seed-" + std::to_string(seed) + "-measured";
        made_up::measure(out, "base" + behind, {40 + more, ends.learned + more, ends.random + 1.5 * more, 40.5 + more});
        made_up::measure(out, "one-layer-learned" + behind, {45, ends.one_learned + more});
        made_up::measure(out, "one-layer-random" + behind, {46, ends.one_random + 1.1 * more});
        made_up::measure(out, "one-layer-none" + behind, {40.9 + more});
        const auto begins = [&out, seed](const std::string& arm, double perplexity) {
            out.at(arm + "-seed-" + std::to_string(seed)).curves = {
                made_up::curve_of({{"perplexity", {perplexity, 41}}})};
        };
        begins("one-layer-random", ends.one_random_first + more);
        begins("one-layer-none", 40 + more);
        more += 0.2;
    }
    return out;
}

TEST(PostHocExperiment, TunesTheMiddleLayerAloneWithASoftGateInItAlone) {
    const ExperimentPlan plan = made_up::plan_on_model("post-hoc");
    const auto step = std::find_if(plan.steps.begin(), plan.steps.end(),
                                   [](const ExperimentStep& each) { return each.name == "one-layer-random-seed-0"; });
    ASSERT_NE(step, plan.steps.end());
    const ParamValues& values = std::get<TrainWork>(step->work).recipe.values;
    EXPECT_EQ(text(values, "train.layers"), "3");
    EXPECT_EQ(text(values, "train.parts"), "queries\nkeys\nvalues");
    EXPECT_EQ(text(values, "gate.gate"), "soft-learned@3");
    EXPECT_FALSE(flag(values, "gate.train"));
    EXPECT_TRUE(flag(values, "gate.rope")) << "the model rotates";
    const auto& measured = std::get<MeasureWork>(std::next(step)->work);
    ASSERT_EQ(measured.gates.size(), 1U);
    const GateSpec gate = parse_gate(measured.gates[0]);
    EXPECT_EQ(gate.terms[0].id, "soft-learned");
    EXPECT_EQ(gate.terms[0].layers.print(), "3");
    EXPECT_TRUE(flag(gate.terms[0].values, "rope"));
}

TEST(PostHocExperiment, ReadsItsEndsBackInTheOrderTheyAreMeasured) {
    const ExperimentPlan plan = made_up::plan_of("post-hoc", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.learned = 43, .random = 60}));
    const auto mean = [&summary](const std::string& what) {
        const ExperimentRow* row = row_of(summary, what);
        return row == nullptr ? -1.0 : row->ours.values[0];
    };
    EXPECT_NEAR(mean("2a: Perplexity, dense"), 40, 1e-9);
    EXPECT_NEAR(mean("2a: Perplexity, learned gate, step 0"), 90, 1e-9);
    EXPECT_NEAR(mean("2a: Perplexity, learned gate, last step"), 43, 1e-9);
    EXPECT_NEAR(mean("2a: Perplexity, frozen random gate"), 60, 1e-9);
    EXPECT_NEAR(mean("2a: Perplexity, oracle"), 40.5, 1e-9);
    EXPECT_NEAR(mean("2a: Random less learned"), 17, 1e-9);
    EXPECT_NEAR(mean("2a: Share of random to dense"), 85, 1e-9);
    EXPECT_NEAR(mean("2b: Perplexity, learned gate"), 41, 1e-9);
    EXPECT_NEAR(mean("2b: Perplexity, no gate"), 40.9, 1e-9);
    EXPECT_NEAR(mean("2b: Random less learned"), 0.1, 1e-9);
    EXPECT_EQ(row_of(summary, "2b: Perplexity, no gate")->paper, "8.70");
}

TEST(PostHocExperiment, SupportsThePaperWhereOnlyTheFrozenModelLetsAGateLead) {
    const ExperimentPlan plan = made_up::plan_of("post-hoc", "tiny");
    EXPECT_EQ(summary_of(plan, with(plan, {.learned = 43, .random = 60})).verdict, Verdict::kSupports);
}

TEST(PostHocExperiment, IsUndecidedWhereEvenARandomGateCostsNothingThatCouldBeWon) {
    const ExperimentPlan plan = made_up::plan_of("post-hoc", "tiny");
    const Ends harmless = {.learned = 43, .random = 60, .one_random_first = 40.1};
    EXPECT_EQ(summary_of(plan, with(plan, harmless)).verdict, Verdict::kUndecided);
    EXPECT_EQ(summary_of(plan, with(plan, {.learned = 40.1, .random = 40.1})).verdict, Verdict::kUndecided);
    const ExperimentPlan one = made_up::plan_on_model("post-hoc");
    EXPECT_EQ(summary_of(one, with(one, harmless)).verdict, Verdict::kUndecided);
}

TEST(PostHocExperiment, ContradictsItWhereTheLeadStaysOrThereIsNone) {
    const ExperimentPlan plan = made_up::plan_of("post-hoc", "tiny");
    const Ends stays = {.learned = 43, .random = 60, .one_learned = 41, .one_random = 50};
    EXPECT_EQ(summary_of(plan, with(plan, stays)).verdict, Verdict::kContradicts);
    EXPECT_EQ(summary_of(plan, with(plan, {.learned = 62, .random = 60})).verdict, Verdict::kContradicts);
}

TEST(PostHocExperiment, DrawsBothPanelsWithMeansOverSeeds) {
    const ExperimentPlan plan = made_up::plan_of("post-hoc", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.learned = 43, .random = 60}));
    const ExperimentChart* frozen = chart_of(summary, "figure-2a");
    ASSERT_NE(frozen, nullptr);
    ASSERT_EQ(frozen->series.size(), 2U);
    EXPECT_EQ(frozen->series[0].role, "learned");
    EXPECT_EQ(frozen->series[0].y, (std::vector<double>{90, 62, 60}));
    EXPECT_EQ(frozen->series[1].y, (std::vector<double>{90, 90, 90}));
    EXPECT_EQ(frozen->levels.size(), 2U);
    const ExperimentChart* adapted = chart_of(summary, "figure-2b");
    ASSERT_NE(adapted, nullptr);
    EXPECT_EQ(adapted->series.size(), 3U);
}

TEST(PostHocExperiment, OfOneSeedHasTheIntervalsOfWindowsAndSaysSo) {
    const ExperimentPlan plan = made_up::plan_on_model("post-hoc");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.learned = 43, .random = 60}));
    EXPECT_EQ(row_of(summary, "2a: Share of random to dense")->ours.over, "windows");
    EXPECT_TRUE(summary.sentence.starts_with("Supports the paper, as far as one seed tells: ")) << summary.sentence;
    EXPECT_TRUE(std::any_of(summary.notes.begin(), summary.notes.end(),
                            [](const std::string& note) { return note.starts_with("One seed"); }));
}

}  // namespace
}  // namespace gatescope
