#include "analysis/stored_pattern.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

constexpr std::uint16_t kOne = 0x3c00, kHalf = 0x3800, kQuarter = 0x3400;  // IEEE halves

// Layers 1 and 3 of 4, head 2 of 3; window 5 of two tokens.
RunResult run_with_patterns() {
    RunResult run;
    auto model = std::make_shared<ModelSummary>();
    model->config.n_layers = 4;
    model->config.n_heads = 3;
    run.model = model;
    run.request.layers = IndexSet({1, 3});
    run.request.heads = IndexSet({2});
    auto patterns = std::make_shared<WindowPatterns>();
    *patterns = {5, 2, 1, 2, {kOne, 0, kHalf, kHalf, kOne, 0, kQuarter, kOne}};
    run.patterns = {patterns};
    return run;
}

TEST(StoredPattern, ReadsTheMapOfAnAnalysedHead) {
    const auto map = stored_pattern(run_with_patterns(), 3, 2, 5);
    ASSERT_NE(map, nullptr);
    EXPECT_EQ(map->tokens, 2);
    EXPECT_EQ(map->probabilities, (std::vector<float>{1, 0, 0.25F, 1}));
    EXPECT_TRUE(map->kept_a.empty());
}

TEST(StoredPattern, IsMissingForWhatWasNotAnalysedOrStored) {
    const RunResult run = run_with_patterns();
    EXPECT_EQ(stored_pattern(run, 2, 2, 5), nullptr);
    EXPECT_EQ(stored_pattern(run, 3, 1, 5), nullptr);
    EXPECT_EQ(stored_pattern(run, 3, 2, 0), nullptr);
    EXPECT_EQ(stored_pattern(run, 9, 2, 5), nullptr);
}

TEST(StoredPattern, BringsTheKeySetsOfItsWindow) {
    RunResult run = run_with_patterns();
    run.patterns = {std::make_shared<WindowPatterns>(WindowPatterns{0, 2, 1, 2, run.patterns[0]->probabilities})};
    GateResult gate;
    gate.masks = std::make_shared<KeySets>(KeySets{1, 2, 1, 2, 2, {0, -1, 0, 1, 0, -1, 1, -1}});
    run.gates = {gate};
    EXPECT_EQ(stored_pattern(run, 1, 2, 0)->kept_a, (std::vector<std::uint8_t>{1, 0, 1, 1}));
    EXPECT_EQ(stored_pattern(run, 3, 2, 0)->kept_a, (std::vector<std::uint8_t>{1, 0, 0, 1}));
}

}  // namespace
}  // namespace gatescope
