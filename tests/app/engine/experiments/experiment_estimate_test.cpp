#include "app/engine/experiments/experiment_estimate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiments/experiments.h"
#include "app/engine/experiments/work_probes.h"
#include "model/families/scratch.h"

namespace gatescope {
namespace {

ExperimentPlan plan_of(const std::string& experiment, std::int64_t gate_steps = 0) {
    ExperimentSetting setting{.experiment = experiment,
                              .scale = "quick",
                              .model = {},
                              .seeds = {0},
                              .values = {{"gate_steps", gate_steps}},
                              .changes = {}};
    return experiment_plan(setting, "/experiments/" + experiment, nullptr);
}
std::vector<double> estimate(const ExperimentPlan& plan) {
    JobContext job;
    return estimate_seconds(plan, {.device = "cpu"}, job);
}

TEST(ExperimentEstimate, HasSecondsForEveryStepOfEveryExperiment) {
    for (const ExperimentInfo& info : experiments()) {
        SCOPED_TRACE(info.id);
        const ExperimentPlan plan = plan_of(info.id);
        const std::vector<double> seconds = estimate(plan);
        ASSERT_EQ(seconds.size(), plan.steps.size());
        for (std::size_t n = 0; n < seconds.size(); ++n) {
            EXPECT_TRUE(std::isfinite(seconds[n])) << plan.steps[n].name;
            EXPECT_GT(seconds[n], 0) << plan.steps[n].name;
        }
    }
}

TEST(ExperimentEstimate, IsOfAGivenModelByItsConfigAlone) {
    const ModelConfig config =
        scratch_config({.family = "llama", .n_layers = 5, .n_heads = 2, .d_model = 32, .n_ctx = 512}, 500);
    for (const ExperimentInfo& info : experiments()) {
        if (!info.takes_model) continue;
        SCOPED_TRACE(info.id);
        ExperimentSetting setting{.experiment = info.id,
                                  .scale = "quick",
                                  .model = "/there/is/no/such/model",
                                  .seeds = {},
                                  .values = {},
                                  .changes = {}};
        const ExperimentPlan plan = experiment_plan(setting, "/experiments/x", &config);
        for (const double seconds : estimate(plan)) EXPECT_GT(seconds, 0);
    }
}

TEST(ExperimentEstimate, StopsWhenItIsCancelled) {
    JobContext job;
    job.cancel();
    EXPECT_THROW((void)estimate_seconds(plan_of("soft-gating"), {.device = "cpu"}, job), Cancelled);
}

std::string twin(const std::string& gate) {
    return twin_of(parse_gate(gate).terms.front());
}

TEST(WorkProbes, GatesOfFilesHaveRandomTwins) {
    EXPECT_EQ(twin("learned:k=8,file=/no/such/file,rope=1,other_model=1@2-3"), "random:k=8,rope=1");
    EXPECT_EQ(twin("soft-learned:file=/no/such/file"), "soft-random");
    EXPECT_EQ(twin("random:k=8,seed=5"), "random:k=8") << "whichever draw costs the same";
    EXPECT_EQ(twin("oracle:k=8@1/0"), "oracle:k=8");
}

// A bench is wanted for its sizes alone: nothing is timed on it.
TEST(ProbeBench, HasFewLayersAndFewTokensOfALargeModel) {
    const ModelConfig config =
        scratch_config({.family = "llama", .n_layers = 30, .n_heads = 9, .d_model = 576, .n_ctx = 2048}, 49152);
    JobContext job;
    const ProbeBench bench(config, "cpu", job);
    EXPECT_EQ(bench.few().n_layers, 2);
    EXPECT_DOUBLE_EQ(bench.layers(), 15);
    EXPECT_LT(bench.headed().d_vocab, 10000);
    EXPECT_NEAR(bench.heads() * static_cast<double>(bench.headed().d_vocab - bench.few().d_vocab), 49152 - 32, 1e-6);
    EXPECT_GE(bench.windows(64, 512), 1);
    EXPECT_LT(bench.windows(4096, 512), 4096);
}

TEST(ProbeBench, HasAllOfASmallOne) {
    const ModelConfig config =
        scratch_config({.family = "gpt2", .n_layers = 1, .n_heads = 2, .d_model = 16, .n_ctx = 64}, 300);
    JobContext job;
    const ProbeBench bench(config, "cpu", job);
    EXPECT_DOUBLE_EQ(bench.layers(), 1);
    EXPECT_DOUBLE_EQ(bench.heads(), 1);
    EXPECT_EQ(bench.windows(4, 64), 4);
}

TEST(ProbeBench, TimesAKindOfWorkOnce) {
    JobContext job;
    ProbeBench bench(scratch_config({.family = "gpt2", .n_layers = 1, .n_heads = 2, .d_model = 16, .n_ctx = 64}, 300),
                     "cpu", job);
    int times = 0;
    for (int n = 0; n < 3; ++n)
        EXPECT_EQ(bench.once("kind",
                             [&times] {
                                 ++times;
                                 return 2.5;
                             }),
                  2.5);
    EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace gatescope
