#include "app/engine/experiments/experiment_command.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TEST(ExperimentCommand, LeavesOutWhatIsAsTheScaleHasIt) {
    ExperimentSetting setting;
    setting.experiment = "soft-gating";
    EXPECT_EQ(experiment_command(setting, "experiments/soft-gating"),
              "gatescope experiment soft-gating --out experiments/soft-gating");
    setting.model = "sample", setting.scale = "checkpoint";
    EXPECT_EQ(experiment_command(setting, "out"), "gatescope experiment soft-gating --model sample --out out");
    setting.model.clear(), setting.scale = "paper-31m";
    EXPECT_EQ(experiment_command(setting, "out"), "gatescope experiment soft-gating --scale paper-31m --out out");
}

TEST(ExperimentCommand, SaysEverythingThatWasChosen) {
    ExperimentSetting setting;
    setting.experiment = "sparsity", setting.scale = "quick", setting.seeds = {0, 3};
    setting.values = {{"tune_steps", std::int64_t{100}}, {"levels", std::string("0,2")}};
    setting.changes = {"data.text=my text.txt"};
    EXPECT_EQ(experiment_command(setting, "out", "cpu", true),
              "gatescope experiment sparsity --quick --seeds 0,3 --levels 0,2 --tune-steps 100 "
              "--set 'data.text=my text.txt' --device cpu --out out --force");
}

}  // namespace
}  // namespace gatescope
