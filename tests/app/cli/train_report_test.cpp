#include "app/cli/train_report.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

std::shared_ptr<const RunView> ended(const std::string& arm, std::int64_t seed, double perplexity) {
    auto curve = std::make_shared<TrainCurve>();
    curve->step = {0, 5};
    curve->series["perplexity"] = {100, perplexity};
    auto run = std::make_shared<RunView>();
    run->plan.arm = arm;
    run->plan.seed = seed;
    run->curve = curve;
    return run;
}

TEST(TrainReport, ArmsAreComparedSeedBySeed) {
    const auto json = train_json({ended("dense", 0, 10), ended("dense", 1, 12), ended("soft", 0, 11),
                                  ended("soft", 1, 15), ended("soft", 7, 100)});
    const auto& dense = json.at("arms").at(0);
    EXPECT_EQ(dense.at("perplexity"), 11.0);
    EXPECT_DOUBLE_EQ(dense.at("deviation"), std::sqrt(2.0));
    EXPECT_EQ(dense.at("difference"), 0.0);
    const auto& soft = json.at("arms").at(1);
    EXPECT_EQ(soft.at("seeds"), 3);
    EXPECT_EQ(soft.at("perplexity"), 42.0);
    EXPECT_EQ(soft.at("difference"), 2.0) << "of seeds 0 and 1: +1 and +3";
    EXPECT_DOUBLE_EQ(soft.at("standard_error"), 1.0);
}

TEST(TrainReport, ARunWithoutAReportHasNoPerplexity) {
    const auto json = train_json({ended("dense", 0, 10), std::make_shared<RunView>()});
    EXPECT_TRUE(json.at("runs").at(1).at("perplexity").is_null());
    EXPECT_EQ(json.at("arms").at(1).at("seeds"), 0);
    EXPECT_TRUE(json.at("arms").at(1).at("perplexity").is_null());
}

TEST(TrainReport, ASingleRunHasNoArms) {
    EXPECT_FALSE(train_json({ended("", 0, 10)}).contains("arms"));
}

}  // namespace
}  // namespace gatescope
