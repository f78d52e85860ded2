// What every experiment of the list promises.
#include "analysis/experiments/experiments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/experiments/paper_facts.h"
#include "model/core/error.h"
#include "tests/analysis/experiments/made_up_outcomes.h"

namespace gatescope {
namespace {

class EveryExperiment : public testing::TestWithParam<std::string> {
  protected:
    const ExperimentInfo& info() const { return find_experiment(GetParam()); }
};

std::vector<std::string> ids() {
    std::vector<std::string> out;
    for (const ExperimentInfo& each : experiments()) out.push_back(each.id);
    return out;
}
INSTANTIATE_TEST_SUITE_P(List, EveryExperiment, testing::ValuesIn(ids()), [](const auto& each) {
    std::string name = each.param;
    std::erase(name, '-');
    return name;
});

void expect_sound(const ExperimentChart& chart) {
    EXPECT_FALSE(chart.id.empty());
    EXPECT_FALSE(chart.title.empty());
    EXPECT_FALSE(chart.y_label.empty());
    EXPECT_EQ(chart.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << chart.id;
    for (const ExperimentSeries& series : chart.series) {
        SCOPED_TRACE(chart.id + ": " + series.label);
        EXPECT_EQ(series.x.size(), series.y.size());
        EXPECT_FALSE(series.x.empty());
        EXPECT_EQ(series.low.size(), series.high.size());
        EXPECT_TRUE(series.low.empty() || series.low.size() == series.x.size());
        for (const double x : series.x) EXPECT_TRUE(!chart.bars || x < static_cast<double>(chart.categories.size()));
    }
}

void expect_sound(const ExperimentSummary& summary) {
    EXPECT_FALSE(summary.rule.empty());
    EXPECT_FALSE(summary.notes.empty());
    std::set<std::string> rows, charts;
    for (const ExperimentRow& row : summary.rows) {
        SCOPED_TRACE(row.what);
        EXPECT_TRUE(rows.insert(row.what).second);
        EXPECT_FALSE(row.setting.empty());
        EXPECT_FALSE(row.comparable.empty());
        EXPECT_EQ(row.paper.empty(), row.paper_setting.empty());
    }
    for (const ExperimentChart& chart : summary.charts) {
        EXPECT_TRUE(charts.insert(chart.id).second) << chart.id;
        expect_sound(chart);
    }
}

TEST_P(EveryExperiment, SaysWhatItAsksDoesAndTakes) {
    EXPECT_TRUE(info().question.ends_with("?"));
    for (const std::string& text : {info().label, info().source, info().method, info().claim})
        EXPECT_FALSE(text.empty());
    for (const std::string& key : info().params) {
        const auto same = [&key](const ParamSpec& spec) { return spec.key == key; };
        EXPECT_TRUE(std::any_of(experiment_params().begin(), experiment_params().end(), same)) << key;
    }
}

TEST_P(EveryExperiment, MakesOfAnyStepsThatAreDoneATableAndChartsAndJudgesOnlyTheWhole) {
    const ExperimentPlan plan = made_up::plan_of(GetParam());
    const Outcomes all = made_up::all_done(plan);
    ASSERT_EQ(all.size(), plan.steps.size()) << "names of steps are not unique";
    Outcomes first, last;
    for (std::size_t n = 0; n < plan.steps.size(); ++n) {
        SCOPED_TRACE(n);
        expect_sound(info().summarise(plan, first));
        expect_sound(info().summarise(plan, last));
        EXPECT_EQ(info().summarise(plan, first).verdict, Verdict::kOpen);
        EXPECT_EQ(info().summarise(plan, last).verdict, Verdict::kOpen);
        const std::string& begin = plan.steps[n].name;
        const std::string& end = plan.steps[plan.steps.size() - 1 - n].name;
        first[begin] = all.at(begin);
        last[end] = all.at(end);
    }
    const ExperimentSummary whole = info().summarise(plan, all);
    expect_sound(whole);
    EXPECT_NE(whole.verdict, Verdict::kOpen);
    EXPECT_FALSE(whole.sentence.empty());
    EXPECT_GE(whole.rows.size(), 3U);
    EXPECT_GE(whole.charts.size(), 1U);
}

TEST_P(EveryExperiment, ShowsCurvesOfRunsUnderWayAndNothingElseOfThem) {
    const ExperimentPlan plan = made_up::plan_of(GetParam());
    Outcomes all = made_up::all_done(plan);
    for (auto& [name, outcome] : all) outcome.done = false;
    const ExperimentSummary summary = info().summarise(plan, all);
    expect_sound(summary);
    EXPECT_EQ(summary.verdict, Verdict::kOpen);
    EXPECT_TRUE(std::any_of(summary.charts.begin(), summary.charts.end(), [](const ExperimentChart& chart) {
        return std::any_of(chart.series.begin(), chart.series.end(),
                           [](const auto& each) { return each.x.size() > 1; });
    }));
}

TEST_P(EveryExperiment, RunsOnAGivenModelIfItSaysSo) {
    if (!info().takes_model) return;
    const ExperimentPlan plan = made_up::plan_on_model(GetParam());
    ASSERT_FALSE(plan.steps.empty());
    const ExperimentSummary summary = info().summarise(plan, made_up::all_done(plan));
    expect_sound(summary);
    EXPECT_NE(summary.verdict, Verdict::kOpen);
    for (const ExperimentRow& row : summary.rows) EXPECT_EQ(row.setting.find("/models"), std::string::npos);
}

TEST(Experiments, AreFoundByIdAndOthersGetAHint) {
    EXPECT_EQ(find_experiment("hard-gradient").id, "hard-gradient");
    try {
        (void)find_experiment("hard-gradients");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUsage);
        EXPECT_NE(failure.hint().find("hard-gradient"), std::string::npos);
    }
}

TEST(PaperFacts, DeriveFromThePrintedNumbers) {
    const PaperFacts& paper = paper_facts();
    EXPECT_NEAR(paper.soft_learned_less_random.value, paper.soft_learned.value - paper.soft_random.value, 0.005);
    EXPECT_NEAR(paper.soft_random_less_dense.value, paper.soft_random.value - paper.dense.value, 0.005);
    EXPECT_NEAR(paper.soft_closed.value,
                -100 * paper.soft_learned_less_random.value / paper.soft_random_less_dense.value, 0.05);
    EXPECT_NEAR(paper.stochastic_less_dense.value, paper.stochastic_dense.value - paper.dense.value, 0.05);
    EXPECT_NEAR(paper.onto_difference.value, paper.onto_co_adapted.value - paper.onto_agnostic.value, 0.05);
    EXPECT_NEAR(paper.onto_excess.value,
                std::log(paper.onto_co_adapted.value / paper.soft_learned.value) -
                    std::log(paper.onto_agnostic.value / paper.dense.value),
                0.005);
    EXPECT_NEAR(paper.post_hoc_lead.value, paper.post_hoc_first.value - paper.post_hoc_last.value, 0.05);
    EXPECT_NEAR(paper.post_hoc_lead_nats.value, std::log(paper.post_hoc_first.value / paper.post_hoc_last.value),
                0.005);
    EXPECT_NEAR(paper.gap_gone.value, paper.gap_frozen.value - paper.gap_unfrozen.value, 0.05);
    const double before =
        std::log((paper.gradient_learned.value + paper.gap_frozen.value) / paper.gradient_learned.value);
    const double after =
        std::log((paper.gradient_learned.value + paper.gap_unfrozen.value) / paper.gradient_learned.value);
    EXPECT_NEAR(paper.gap_gone_nats.value, before - after, 0.05);
    EXPECT_NEAR(paper.gap_left.value, 100 * after / before, 0.5);
    EXPECT_NEAR(paper.one_layer_cost.value, paper.one_layer_learned.value - paper.one_layer_none.value, 0.005);
    EXPECT_NEAR(paper.large_kl_less_oracle.value, paper.large_kl.value - paper.large_oracle.value, 0.005);
    EXPECT_NEAR(paper.large_bce_less_kl.value, paper.large_bce.value - paper.large_kl.value, 0.05);
    EXPECT_NEAR(paper.stochastic_ratio.value, paper.stochastic_dense.value / paper.dense.value, 0.005);
}

}  // namespace
}  // namespace gatescope
