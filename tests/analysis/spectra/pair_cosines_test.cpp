// Shapes: H head, T token, D d_model.
#include "analysis/spectra/pair_cosines.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tests/analysis/pattern_fixture.h"

namespace gatescope {
namespace {

using testing_support::allowed_keys;
using testing_support::for_blocks;
using testing_support::random_scores;

at::Tensor random_x(std::int64_t tokens, std::uint64_t seed) {
    return random_scores(1, std::max<std::int64_t>(tokens, 7), 1, seed)
        .select(0, 0)
        .narrow(0, 0, tokens)
        .narrow(1, 0, 7);
}

void feed(PairCosineRecorder& recorder, const at::Tensor& x_TD, const at::Tensor& scores_HTT, const KeyReach& reach) {
    const std::vector<std::int32_t> ids(static_cast<std::size_t>(x_TD.size(0)), 0);
    recorder.begin_window(0, ids);
    LayerInput input;
    input.layer = 2;
    input.x_TD = x_TD;
    recorder.on_layer(input);
    for_blocks(2, scores_HTT, reach, 4, [&](const PatternBlock& block) { recorder.on_block(block); });
}

struct Naive {
    double attended = 0, weight = 0, other = 0, rest = 0;
    void add(const at::Tensor& x_TD, const at::Tensor& scores_TT, const KeyReach& reach) {
        const std::int64_t tokens = x_TD.size(0);
        const at::Tensor allowed = allowed_keys(tokens, reach);
        const at::Tensor pattern = at::softmax(
            scores_TT.masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity()).to(at::kDouble), -1);
        const at::Tensor unit = x_TD.to(at::kDouble) / at::linalg_vector_norm(x_TD.to(at::kDouble), 2, {1}, true);
        const at::Tensor cosine = at::matmul(unit, unit.t());
        for (std::int64_t i = 0; i < tokens; ++i)
            for (std::int64_t j = 0; j < tokens; ++j) {
                if (i == j || !allowed[i][j].item<bool>()) continue;
                const double p = pattern[i][j].item<double>(), c = cosine[i][j].item<double>();
                attended += p * c, weight += p, other += (1 - p) * c, rest += 1 - p;
            }
    }
};

TEST(PairCosines, AreMeansOverPairsWeightedByAttentionAndByWhatItLeaves) {
    for (const KeyReach& reach : {KeyReach{}, KeyReach{true, 3}, KeyReach{false, 0}}) {
        const at::Tensor x = random_x(10, 1), later_x = random_x(6, 2);
        const at::Tensor scores = random_scores(3, 10, 2, 3), later_scores = random_scores(3, 6, 2, 4);
        PairCosineRecorder recorder({{2}, {0, 2}});
        feed(recorder, x, scores, reach);
        recorder.commit();
        feed(recorder, later_x, later_scores, reach);
        recorder.commit();
        const PairCosines got = recorder.table();
        EXPECT_EQ(got.windows, 2);
        for (const std::int64_t column : {0, 1}) {
            Naive want;
            want.add(x, scores.select(0, 2 * column), reach);
            want.add(later_x, later_scores.select(0, 2 * column), reach);
            EXPECT_NEAR(got.attended.at(0, column), want.attended / want.weight, 1e-6);
            EXPECT_NEAR(got.other.at(0, column), want.other / want.rest, 1e-6);
        }
    }
}

TEST(PairCosines, AHeadThatLooksAtItselfAloneAttendsToNoPair) {
    at::Tensor scores = at::zeros({1, 5, 5});
    scores.select(0, 0).diagonal().fill_(1e4);
    PairCosineRecorder recorder({{2}, {0}});
    feed(recorder, at::ones({5, 7}), scores, {});
    recorder.commit();
    EXPECT_TRUE(std::isnan(recorder.table().attended.at(0, 0)));
    EXPECT_FLOAT_EQ(recorder.table().other.at(0, 0), 1);
}

TEST(PairCosines, AWindowThatIsNotCommittedCountsNowhere) {
    PairCosineRecorder recorder({{2}, {0}}), spared({{2}, {0}});
    const at::Tensor x = random_x(9, 1), scores = random_scores(1, 9, 1, 2);
    feed(recorder, random_x(9, 5), random_scores(1, 9, 1, 6), {});
    feed(recorder, x, scores, {});
    recorder.commit();
    feed(recorder, random_x(9, 7), random_scores(1, 9, 1, 8), {});
    feed(spared, x, scores, {});
    spared.commit();
    EXPECT_EQ(recorder.table().attended.values, spared.table().attended.values);
    EXPECT_EQ(recorder.table().windows, 1);
}

TEST(PairCosines, LooksAtAnalysedLayersOnly) {
    const PairCosineRecorder recorder({{2}, {0}});
    EXPECT_TRUE(recorder.wants_blocks(2) && recorder.looks_at(2));
    EXPECT_FALSE(recorder.wants_blocks(1) || recorder.looks_at(1));
}

}  // namespace
}  // namespace gatescope
