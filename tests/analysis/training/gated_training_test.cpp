// Gates in the forward pass of training.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/analysis/training/training_world.h"

namespace gatescope {
namespace {

const TrainingWorld& world() {
    static const TrainingWorld made;
    return made;
}

std::vector<double> series(const Trainee& trainee, const std::string& name) {
    return trainee.training->curve()->series.at(name);
}

TEST(GatedTraining, ASoftGateTrainsAloneAndItsModelStays) {
    TrainPlan plan = small_plan();
    plan.gate = "soft-learned@1";
    plan.parts = {};
    Trainee trainee(world(), plan);
    const std::vector<at::Tensor> before = trainee.values();
    const std::string first = everything(trainee);
    trainee.finish();
    const std::vector<at::Tensor> after = trainee.values();
    for (std::size_t n = 0; n < before.size(); ++n) EXPECT_TRUE(at::equal(before[n], after[n]));
    EXPECT_GT(series(trainee, "gate_gradient_norm").back(), 0);
    EXPECT_GT(series(trainee, "layer_1.gate_gradient_norm").back(), 0);
    EXPECT_FALSE(trainee.training->curve()->series.contains("layer_0.gate_gradient_norm"));
    EXPECT_FALSE(trainee.training->curve()->series.contains("query_gradient_norm"));
    EXPECT_NE(series(trainee, "perplexity").front(), series(trainee, "perplexity").back());
    EXPECT_EQ(series(trainee, "perplexity_dense").front(), series(trainee, "perplexity_dense").back());
}

std::vector<std::vector<float>> gate_arrays(const Trainee& trainee) {
    std::vector<std::vector<float>> out;
    for (const StateTensor& tensor : trainee.training->save().tensors)
        if (tensor.name.starts_with("gate.layers")) out.emplace_back(tensor.values.begin(), tensor.values.end());
    return out;
}

TEST(GatedTraining, ThroughAHardSetNoGradientReachesTheGate) {
    TrainPlan plan = small_plan();
    plan.gate = "learned:k=4";
    Trainee trainee(world(), plan);
    const auto before = gate_arrays(trainee);
    ASSERT_EQ(before.size(), 4u);
    trainee.finish();
    EXPECT_EQ(gate_arrays(trainee), before);
    const std::vector<double> norms = series(trainee, "gate_gradient_norm");
    for (std::size_t n = 1; n < norms.size(); ++n) EXPECT_EQ(norms[n], 0.0);
    EXPECT_GT(series(trainee, "query_gradient_norm").back(), 0);
    for (const double f1 : series(trainee, "f1")) {
        EXPECT_GT(f1, 0);
        EXPECT_LT(f1, 1);
    }
}

TEST(GatedTraining, AGateThatIsFrozenStaysAsDrawn) {
    TrainPlan plan = small_plan();
    plan.gate = "soft-learned";
    plan.train_gate = false;
    Trainee trainee(world(), plan);
    const auto before = gate_arrays(trainee);
    trainee.finish();
    EXPECT_EQ(gate_arrays(trainee), before);
    EXPECT_FALSE(trainee.training->curve()->series.contains("gate_gradient_norm"));
    EXPECT_TRUE(std::isnan(series(trainee, "f1").back()));
}

TEST(GatedTraining, GatesOfTheCatalogueTrainAndReport) {
    for (const char* gate :
         {"oracle:k=4", "uniform:k=4", "stochastic:k=4", "window:sinks=1,local=4", "strided:k=4@0/1", "block:b=4,n=2",
          "soft-random:gate_dim=4", "heavy:k=4", "random:k=4,gate_dim=4@1", "block-learned:b=4,n=2", "indexer:k=4",
          "routing-only@1", "kernel-rank:r=2", "kernel-random:r=3@0", "soft-random:gate_dim=4@0+oracle:k=4@1"}) {
        TrainPlan plan = small_plan();
        plan.gate = gate;
        plan.steps = 2;
        plan.report_every = 2;
        Trainee trainee(world(), plan);
        trainee.finish();
        EXPECT_TRUE(std::isfinite(series(trainee, "loss").back())) << gate;
        EXPECT_NE(series(trainee, "perplexity").back(), series(trainee, "perplexity_dense").back()) << gate;
        EXPECT_GT(series(trainee, "gradient_norm").back(), 0) << gate;
    }
}

// Alike but for what is drawn at each step.
TEST(GatedTraining, AStochasticGateDrawsAnewAtEveryStepAndRepeatsBySeed) {
    const auto losses = [](const std::string& gate, std::int64_t steps) {
        TrainPlan plan = small_plan();
        plan.gate = gate;
        plan.steps = steps;
        plan.report_every = 1;
        plan.learning_rate = plan.gate_learning_rate = 1e-12;
        plan.warmup = 0;
        Trainee trainee(world(), plan);
        trainee.finish();
        return series(trainee, "loss");
    };
    const std::vector<double> uniform = losses("uniform:k=4", 1), once = losses("stochastic:k=4", 1),
                              again = losses("stochastic:k=4", 1), other = losses("stochastic:k=4,seed=1", 1);
    EXPECT_EQ(once[1], again[1]);
    EXPECT_NE(once[1], other[1]);
    EXPECT_NE(once[1], uniform[1]);  // which is at step 0, as a model at rest
}

}  // namespace
}  // namespace gatescope
