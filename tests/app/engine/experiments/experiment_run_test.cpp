// Experiments from their first step to their last.
#include "app/engine/experiments/experiment_run.h"

#include <gmock/gmock.h>

#include "tests/app/engine/experiments/experiment_fixture.h"

namespace gatescope {
namespace {

TEST(ExperimentRun, EveryExperimentOfTheListRunsToItsEndAndHasAVerdict) {
    const Place place;
    for (const ExperimentInfo& info : experiments()) {
        SCOPED_TRACE(info.id);
        const fs::path folder = place / "all" / info.id;
        const auto run = begin(small_setting(info.id, place), folder);
        finish(*run);
        const auto view = run->view();
        EXPECT_EQ(view->status, "done");
        EXPECT_EQ(view->steps_done, view->result->plan->steps.size());
        EXPECT_EQ(view->seconds_left, 0);
        EXPECT_TRUE(view->warnings.empty());
        EXPECT_NE(view->result->summary.verdict, Verdict::kOpen);
        EXPECT_FALSE(view->result->summary.sentence.empty());
        for (const ExperimentStep& step : view->result->plan->steps) {
            const StepOutcome& outcome = view->result->outcomes.at(step.name);
            EXPECT_TRUE(outcome.done) << step.name;
            EXPECT_TRUE(fs::exists(folder / step.name / "outcome.json")) << step.name;
        }
        EXPECT_TRUE(fs::exists(folder / "table.md"));
    }
}

}  // namespace
}  // namespace gatescope
