// Shapes: H head, Q query, K key.
#include "analysis/concentration.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/concentration_block.h"
#include "tests/analysis/pattern_fixture.h"

namespace gatescope {
namespace {

using testing_support::for_blocks;
using testing_support::random_scores;

// One window of one layer with these scores [H, T, T].
void feed(ConcentrationRecorder& recorder, const at::Tensor& scores, const KeyReach& reach = {},
          std::int64_t queries = 3) {
    recorder.begin_window(0, {});
    for_blocks(0, scores, reach, queries, [&](const PatternBlock& block) { recorder.on_block(block); });
}

Concentration table_of(const at::Tensor& scores, const KeyReach& reach = {}) {
    ConcentrationRecorder recorder({{0}, {0}}, scores.size(1));
    feed(recorder, scores, reach);
    recorder.commit();
    return recorder.table();
}

float figure(const Concentration& table, const std::string& id) {
    return table.figures.at(id).at(0, 0);
}

TEST(Concentration, OfUniformAttentionIsTheLogarithmOfTheKeys) {
    const Concentration table = table_of(at::zeros({1, 4, 4}, at::kFloat));  // row i is 1 / (i + 1)
    EXPECT_EQ(table.k, (std::vector<std::int32_t>{1, 2, 4}));
    EXPECT_NEAR(figure(table, "entropy"), std::log(24.0) / 4, 1e-6);
    EXPECT_NEAR(figure(table, "effective_support"), 2.5, 1e-5);
    EXPECT_NEAR(figure(table, "support_90"), (1 + 2 + 3 + 4) / 4.0, 1e-6);
    EXPECT_NEAR(table.mass_at_k[0].at(0, 0), (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 4, 1e-6);
    EXPECT_NEAR(table.mass_at_k[1].at(0, 0), (1 + 1 + 2 / 3.0 + 2 / 4.0) / 4, 1e-6);
    EXPECT_NEAR(table.mass_at_k[2].at(0, 0), 1, 1e-6);
    EXPECT_NEAR(table.mass_at_k_full[0].at(0, 0), (1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 3, 1e-6);
    EXPECT_NEAR(table.mass_at_k_full[1].at(0, 0), (2 / 3.0 + 2 / 4.0) / 2, 1e-6);
    EXPECT_TRUE(std::isnan(table.mass_at_k_full[2].at(0, 0))) << "no query has more than T keys";
    EXPECT_NEAR(figure(table, "sink_mass"), (1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 3, 1e-6);
    EXPECT_NEAR(figure(table, "previous_mass"), (1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 3, 1e-6);
    EXPECT_NEAR(figure(table, "self_mass"), (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 4, 1e-6);
    EXPECT_NEAR(figure(table, "mean_distance"), (0 + 0.5 + 1 + 1.5) / 4, 1e-6);
}

TEST(Concentration, OfAnEncoderIsOverAllKeysOfTheWindow) {
    at::Tensor scores = at::zeros({1, 4, 4}, at::kFloat);  // rows 1-3 are 1/4
    scores[0][0][3] = 300.0;                               // row 0 is all on the last token
    const Concentration table = table_of(scores, {.causal = false});
    EXPECT_NEAR(figure(table, "entropy"), 3 * std::log(4.0) / 4, 1e-6);
    EXPECT_NEAR(figure(table, "support_90"), (1 + 3 * 4) / 4.0, 1e-6);
    EXPECT_NEAR(figure(table, "sink_mass"), 1 / 4.0, 1e-6) << "of queries i >= 1";
    EXPECT_NEAR(figure(table, "previous_mass"), 1 / 4.0, 1e-6);
    EXPECT_NEAR(figure(table, "self_mass"), (0 + 3 / 4.0) / 4, 1e-6);
    EXPECT_NEAR(figure(table, "mean_distance"), (3 + (1 + 0 + 1 + 2 + 2 + 1 + 0 + 1 + 3 + 2 + 1 + 0) / 4.0) / 4, 1e-6);
    EXPECT_NEAR(table.mass_at_k_full[1].at(0, 0), (1 + 3 / 2.0) / 4, 1e-6) << "every query has 4 keys";
    EXPECT_TRUE(std::isnan(table.mass_at_k_full[2].at(0, 0)));
}

TEST(Concentration, OfAttentionToTheFirstTokenIsAllOnes) {
    at::Tensor scores = at::zeros({1, 5, 5}, at::kFloat);
    scores.select(2, 0).fill_(200.0);
    const Concentration table = table_of(scores);
    EXPECT_NEAR(figure(table, "entropy"), 0, 1e-6);
    EXPECT_NEAR(figure(table, "effective_support"), 1, 1e-6);
    EXPECT_NEAR(figure(table, "support_90"), 1, 1e-6);
    EXPECT_NEAR(figure(table, "sink_mass"), 1, 1e-6);
    EXPECT_NEAR(figure(table, "self_mass"), 1 / 5.0, 1e-6);
    EXPECT_NEAR(figure(table, "previous_mass"), 1 / 4.0, 1e-6);
    EXPECT_NEAR(figure(table, "mean_distance"), (1 + 2 + 3 + 4) / 5.0, 1e-6);
}

TEST(Concentration, CountsTheKeysOfASlidingWindow) {
    const Concentration table = table_of(at::zeros({1, 6, 6}, at::kFloat), {.sliding_window = 2});
    EXPECT_NEAR(figure(table, "effective_support"), (1 + 5 * 2) / 6.0, 1e-5);
    EXPECT_NEAR(figure(table, "sink_mass"), 0.5 / 5, 1e-6);
    EXPECT_NEAR(table.mass_at_k_full[0].at(0, 0), 0.5, 1e-6);
    EXPECT_TRUE(std::isnan(table.mass_at_k_full[1].at(0, 0))) << "n_i is never above 2";
}

TEST(Concentration, EveryQueryOfEveryWindowWeighsTheSame) {
    ConcentrationRecorder recorder({{0}, {0}}, 6);
    feed(recorder, at::zeros({1, 6, 6}, at::kFloat));
    recorder.commit();
    feed(recorder, at::zeros({1, 2, 2}, at::kFloat));  // a short last window
    recorder.commit();
    EXPECT_NEAR(figure(recorder.table(), "effective_support"), (1 + 2 + 3 + 4 + 5 + 6 + 1 + 2) / 8.0, 1e-5);
    EXPECT_NEAR(recorder.table().mass_at_k.back().at(0, 0), 1, 1e-6) << "k beyond its length has mass 1";
}

TEST(Concentration, AWindowThatIsNotCommittedCountsNothing) {
    ConcentrationRecorder recorder({{0}, {0}}, 6);
    feed(recorder, at::zeros({1, 6, 6}, at::kFloat));
    recorder.commit();
    const float before = figure(recorder.table(), "entropy");
    feed(recorder, random_scores(1, 6, 3.0, 4));
    EXPECT_EQ(figure(recorder.table(), "entropy"), before);
    feed(recorder, at::zeros({1, 6, 6}, at::kFloat));
    recorder.commit();
    EXPECT_NEAR(figure(recorder.table(), "entropy"), before, 1e-6);
}

TEST(Concentration, HoldsTheAnalysedHeadsAlone) {
    const at::Tensor scores = at::stack({at::zeros({6, 6}, at::kFloat), random_scores(1, 6, 5.0, 1)[0]});
    ConcentrationRecorder recorder({{0}, {1}}, 6);
    feed(recorder, scores);
    recorder.commit();
    const Concentration alone = table_of(random_scores(1, 6, 5.0, 1));
    EXPECT_FALSE(recorder.wants_blocks(1));
    EXPECT_EQ(recorder.table().figures.at("entropy").values.size(), 1u);
    EXPECT_EQ(figure(recorder.table(), "entropy"), figure(alone, "entropy"));
}

TEST(Concentration, KernelAndAtenOperationsAgree) {
    for (const KeyReach reach : {KeyReach{}, KeyReach{true, 20}, KeyReach{false}}) {
        for (const double spread : {0.0, 0.5, 6.0}) {
            const std::vector<std::int32_t> k = concentration_k(90);
            for_blocks(0, random_scores(3, 90, spread, 9), reach, 31, [&](const PatternBlock& block) {
                const at::Tensor kernel = concentration_of(block, {0, 2}, k);
                const at::Tensor aten = concentration_of_aten(block, {0, 2}, k);
                EXPECT_TRUE(at::allclose(kernel, aten, 1e-5, 1e-5)) << spread;
            });
        }
    }
}

}  // namespace
}  // namespace gatescope
