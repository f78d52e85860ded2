// Shapes: H head, Q query, K key.
#include "analysis/agreement.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/gates/key_sets.h"
#include "tests/analysis/pattern_fixture.h"

namespace gatescope {
namespace {

using testing_support::allowed_keys;
using testing_support::for_blocks;
using testing_support::random_scores;

// One window of layer 0 under sets keep [H, T, T] (undefined: no head of the layer is gated).
void feed(Recorder& recorder, const at::Tensor& scores, const at::Tensor& keep) {
    const std::vector<std::int32_t> ids(static_cast<std::size_t>(scores.size(1)), 0);
    recorder.begin_window(0, ids);
    for_blocks(
        0, scores, {}, 3, [&](const PatternBlock& block) { recorder.on_block(block); }, keep);
}

std::map<std::string, HeadGrid> grids_of(const std::string& gate, const at::Tensor& scores, const at::Tensor& keep) {
    AnalysedHeads analysed{{0}, {}};
    for (std::int64_t head = 0; head < scores.size(0); ++head) analysed.heads.push_back(head);
    AgreementRecorder recorder(analysed, parse_gate(gate), scores.size(1));
    feed(recorder, scores, keep);
    recorder.commit();
    return recorder.grids();
}

// The oracle's own sets.
at::Tensor oracle_sets(const at::Tensor& scores, std::int64_t k) {
    at::Tensor keep = at::empty(scores.sizes(), at::kBool);
    std::vector<std::int64_t> heads;
    for (std::int64_t head = 0; head < scores.size(0); ++head) heads.push_back(head);
    keep_best(scores, {0, {}, k, 0, 0}, heads, keep);
    return keep;
}

TEST(Agreement, OfTheOracleWithItselfIsOne) {
    const at::Tensor scores = random_scores(2, 12, 2.0, 3);
    const auto grids = grids_of("oracle:k=4", scores, oracle_sets(scores, 4));
    for (const char* id : {"precision", "recall", "f1"}) EXPECT_EQ(grids.at(id).at(0, 1), 1.0f) << id;
    EXPECT_LT(grids.at("captured_mass").at(0, 0), 1.0f);
}

TEST(Agreement, CountsPairsOfQueriesWithMoreThanKKeys) {
    // Scores fall with the key, so the oracle of k = 2 is {0, 1}; the sets are {0, i}.
    const std::int64_t tokens = 5;
    at::Tensor scores = at::zeros({1, tokens, tokens}, at::kFloat), keep = at::zeros({1, tokens, tokens}, at::kBool);
    for (std::int64_t key = 0; key < tokens; ++key) scores.select(2, key).fill_(-static_cast<double>(key));
    keep.select(2, 0).fill_(true);
    keep.diagonal(0, 1, 2).fill_(true);
    const auto grids = grids_of("oracle:k=2", scores, keep);
    // Queries 2, 3, 4 count: 2 keys kept and wanted each, 1 in both.
    EXPECT_FLOAT_EQ(grids.at("precision").at(0, 0), 0.5f);
    EXPECT_FLOAT_EQ(grids.at("recall").at(0, 0), 0.5f);
    EXPECT_FLOAT_EQ(grids.at("f1").at(0, 0), 0.5f);
    double captured = 0;
    for (int query = 0; query < 5; ++query) {
        double all = 0;
        for (int key = 0; key <= query; ++key) all += std::exp(-key);
        captured += query == 0 ? 1.0 : (1 + std::exp(-query)) / all;
    }
    EXPECT_NEAR(grids.at("captured_mass").at(0, 0), captured / 5, 1e-6);
}

TEST(Agreement, WithoutOverlapF1IsZero) {
    const std::int64_t tokens = 4;
    at::Tensor scores = at::zeros({1, tokens, tokens}, at::kFloat), keep = at::zeros({1, tokens, tokens}, at::kBool);
    scores.select(2, 0).fill_(9.0);
    keep.diagonal(0, 1, 2).fill_(true);
    const auto grids = grids_of("oracle:k=1", scores, keep);
    EXPECT_EQ(grids.at("precision").at(0, 0), 0.0f);
    EXPECT_EQ(grids.at("recall").at(0, 0), 0.0f);
    EXPECT_EQ(grids.at("f1").at(0, 0), 0.0f);
}

TEST(Agreement, WhereNoQueryHasMoreThanKKeysItIsNotANumber) {
    const at::Tensor scores = random_scores(1, 5, 1.0, 2);
    const auto grids = grids_of("oracle:k=5", scores, allowed_keys(5).unsqueeze(0));
    for (const char* id : {"precision", "recall", "f1"}) EXPECT_TRUE(std::isnan(grids.at(id).at(0, 0))) << id;
    EXPECT_NEAR(grids.at("captured_mass").at(0, 0), 1.0, 1e-6);
}

TEST(Agreement, HeadsOutsideTheGateKeepAllAndAreMeasuredByItsK) {
    const at::Tensor scores = random_scores(2, 6, 1.0, 2);
    at::Tensor keep = oracle_sets(scores, 2);
    keep.select(0, 1).copy_(allowed_keys(6));
    const auto grids = grids_of("oracle:k=2@0/0", scores, keep);
    // Queries 2 to 5 have 3 + 4 + 5 + 6 keys, of which the oracle keeps 2 each.
    EXPECT_FLOAT_EQ(grids.at("precision").at(0, 1), 8.0f / 18.0f);
    EXPECT_EQ(grids.at("recall").at(0, 1), 1.0f);
    EXPECT_EQ(grids.at("captured_mass").at(0, 1), 1.0f);
    const auto elsewhere = grids_of("oracle:k=2@3", scores, {});
    EXPECT_FLOAT_EQ(elsewhere.at("precision").at(0, 0), 8.0f / 18.0f);
    EXPECT_FLOAT_EQ(elsewhere.at("f1").at(0, 0), 2 * 8.0f / (18.0f + 8.0f));
}

TEST(Agreement, OfTheDenseGateSaysNothing) {
    const auto grids = grids_of("dense", random_scores(1, 6, 1.0, 2), {});
    EXPECT_TRUE(std::isnan(grids.at("f1").at(0, 0)));
    EXPECT_EQ(grids.at("captured_mass").at(0, 0), 1.0f);
}

TEST(Agreement, KernelAndAtenOperationsAgree) {
    at::Tensor scores = random_scores(2, 40, 2.0, 8);
    scores.select(0, 1).copy_(scores.select(0, 1).mul(2).round());  // ties
    const at::Tensor keep = random_scores(2, 40, 1.0, 9).gt(0.3);
    for (const std::int64_t head : {0, 1})
        for (const std::int64_t k : {1, 7, 30})
            for_blocks(0, scores, {}, 16, [&](PatternBlock block) {
                block.keep_HQK = keep.slice(1, block.query_begin, block.query_end)
                                     .slice(2, 0, block.query_end)
                                     .logical_and(block.scores_HQK.isfinite());
                const OverlapSums kernel = overlap_of(block, head, k), aten = overlap_of_aten(block, head, k);
                EXPECT_EQ(kernel.both, aten.both);
                EXPECT_EQ(kernel.kept, aten.kept);
                EXPECT_EQ(kernel.wanted, aten.wanted);
                EXPECT_NEAR(kernel.captured, aten.captured, 1e-5);
            });
}

TEST(Agreement, AWindowThatIsNotCommittedCountsNothing) {
    const at::Tensor scores = random_scores(1, 12, 2.0, 3);
    AgreementRecorder recorder({{0}, {0}}, parse_gate("oracle:k=4"), 12);
    feed(recorder, scores, allowed_keys(12).unsqueeze(0));
    feed(recorder, scores, oracle_sets(scores, 4));
    recorder.commit();
    EXPECT_EQ(recorder.grids().at("f1").at(0, 0), 1.0f);
}

TEST(Sparsity, IsTheShareDroppedAtTheLastQuery) {
    const at::Tensor scores = random_scores(2, 16, 2.0, 3);
    SparsityRecorder recorder(parse_gate("oracle:k=4@0/0"));
    EXPECT_TRUE(std::isnan(recorder.sparsity()));
    EXPECT_TRUE(recorder.wants_blocks(0));
    EXPECT_FALSE(recorder.wants_blocks(1));
    feed(recorder, scores, oracle_sets(scores, 4));
    recorder.commit();
    EXPECT_DOUBLE_EQ(recorder.sparsity(), 0.75);
    feed(recorder, scores.slice(1, 0, 8).slice(2, 0, 8), oracle_sets(scores.slice(1, 0, 8).slice(2, 0, 8), 4));
    recorder.commit();
    EXPECT_DOUBLE_EQ(recorder.sparsity(), (0.75 + 0.5) / 2);
}

TEST(Sparsity, OfAGateThatKeepsEverythingIsZero) {
    SparsityRecorder soft(parse_gate("oracle:k=4"));
    feed(soft, random_scores(1, 16, 2.0, 3), {});
    soft.commit();
    EXPECT_EQ(soft.sparsity(), 0.0);
    SparsityRecorder dense(parse_gate("dense"));
    dense.begin_window(0, {});
    dense.commit();
    EXPECT_EQ(dense.sparsity(), 0.0);
}

}  // namespace
}  // namespace gatescope
