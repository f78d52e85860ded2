// Shapes: H head, Q query, K key.
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "analysis/induction.h"
#include "analysis/set_recorders.h"
#include "tests/analysis/pattern_fixture.h"

namespace gatescope {
namespace {

using testing_support::for_blocks;
using testing_support::random_scores;

void feed(Recorder& recorder, const at::Tensor& scores, const at::Tensor& keep = {}, std::int64_t window = 0) {
    const std::vector<std::int32_t> ids(static_cast<std::size_t>(scores.size(1)), 0);
    recorder.begin_window(window, ids);
    for_blocks(
        0, scores, {}, 3, [&](const PatternBlock& block) { recorder.on_block(block); }, keep);
}

TEST(InductionSequence, IsRandomIdsTwice) {
    const std::vector<std::int32_t> ids = induction_sequence(65, 50, 3);
    ASSERT_EQ(ids.size(), 64u);
    EXPECT_TRUE(std::equal(ids.begin(), ids.begin() + 32, ids.begin() + 32));
    EXPECT_GE(*std::min_element(ids.begin(), ids.end()), 0);
    EXPECT_LT(*std::max_element(ids.begin(), ids.end()), 50);
    EXPECT_EQ(ids, induction_sequence(65, 50, 3));
    EXPECT_NE(ids, induction_sequence(65, 50, 4));
}

TEST(InductionSequence, DrawsFromTheWholeVocabulary) {
    std::vector<int> often(10);
    for (const std::int32_t id : induction_sequence(20000, 10, 0)) ++often[static_cast<std::size_t>(id)];
    for (const int count : often) EXPECT_NEAR(count, 2000, 250);
}

TEST(Induction, ScoresAreTheMassOnTheEarlierToken) {
    // T = 6, n = 3. Head 0 looks at i - 2 (what followed the first appearance), head 1 at i - 3, head 2 everywhere.
    at::Tensor scores = at::zeros({3, 6, 6}, at::kFloat);
    for (std::int64_t query = 3; query < 6; ++query) {
        scores[0][query][query - 2] = 100.0f;
        scores[1][query][query - 3] = 100.0f;
    }
    InductionRecorder recorder({{0}, {0, 1, 2}});
    EXPECT_TRUE(recorder.grids().empty());
    feed(recorder, scores);
    recorder.commit();
    const auto grids = recorder.grids();
    EXPECT_NEAR(grids.at("induction_score").at(0, 0), 1, 1e-6);
    EXPECT_NEAR(grids.at("duplicate_score").at(0, 0), 0, 1e-6);
    EXPECT_NEAR(grids.at("induction_score").at(0, 1), 0, 1e-6);
    EXPECT_NEAR(grids.at("duplicate_score").at(0, 1), 1, 1e-6);
    EXPECT_NEAR(grids.at("induction_score").at(0, 2), (1 / 4.0 + 1 / 5.0 + 1 / 6.0) / 3, 1e-6);
}

TEST(MaskRecorder, ListsKeysAscendingAndPads) {
    at::Tensor keep = at::zeros({2, 4, 4}, at::kBool);
    keep.select(0, 0).diagonal().fill_(true);
    keep.select(0, 0).select(1, 0).fill_(true);
    keep.select(0, 1).copy_(testing_support::allowed_keys(4));
    MaskRecorder recorder({{0}, {0, 1}}, 2);
    EXPECT_EQ(recorder.sets(), nullptr);
    feed(recorder, at::zeros({2, 4, 4}, at::kFloat), keep);
    recorder.commit();
    const auto sets = recorder.sets();
    EXPECT_EQ(sets->windows, 1);
    EXPECT_EQ(sets->slots, 4);
    const std::vector<std::int32_t> want{0, -1, -1, -1, 0, 1, -1, -1, 0, 2, -1, -1, 0, 3, -1, -1,  // head 0
                                         0, -1, -1, -1, 0, 1, -1, -1, 0, 1, 2,  -1, 0, 1, 2,  3};  // all keys
    EXPECT_EQ(sets->keys, want);
}

TEST(MaskRecorder, StopsAfterItsWindowsAndPadsShortOnes) {
    MaskRecorder recorder({{0}, {0}}, 2);
    feed(recorder, at::zeros({1, 3, 3}, at::kFloat));
    recorder.commit();
    feed(recorder, at::zeros({1, 2, 2}, at::kFloat));
    feed(recorder, at::zeros({1, 2, 2}, at::kFloat));  // the one before was cancelled
    recorder.commit();
    EXPECT_FALSE(recorder.wants_blocks(0));
    feed(recorder, at::zeros({1, 3, 3}, at::kFloat));
    recorder.commit();
    const auto sets = recorder.sets();
    EXPECT_EQ(sets->windows, 2);
    EXPECT_EQ(sets->queries, 3);
    const std::vector<std::int32_t> want{0, -1, -1, 0, 1, -1, 0, 1, 2, 0, -1, -1, 0, 1, -1, -1, -1, -1};
    EXPECT_EQ(sets->keys, want);
}

TEST(PatternRecorder, KeepsHalfPrecisionBits) {
    PatternRecorder recorder({{0}, {1}});
    feed(recorder, at::zeros({2, 4, 4}, at::kFloat), {}, 5);
    recorder.commit();
    feed(recorder, at::zeros({2, 4, 4}, at::kFloat), {}, 6);  // not committed
    ASSERT_EQ(recorder.windows().size(), 1u);
    const WindowPatterns& window = *recorder.windows()[0];
    EXPECT_EQ(window.window, 5);
    EXPECT_EQ(window.queries, 4);
    constexpr std::uint16_t kOne = 0x3c00, kHalf = 0x3800, kQuarter = 0x3400;
    EXPECT_EQ(window.probabilities[0], kOne);
    EXPECT_EQ(window.probabilities[1], 0);
    EXPECT_EQ(window.probabilities[5], kHalf);
    EXPECT_EQ(window.probabilities[15], kQuarter);
}

}  // namespace
}  // namespace gatescope
