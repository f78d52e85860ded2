#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/core/error.h"
#include "tests/model/train/train_fixture.h"

namespace gatescope {
namespace {

at::Tensor draw(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, at::detail::createCPUGenerator(seed), at::kFloat) * 3;
}

// Queries that may use columns [r / 2, r + 3).
ScoreRows example(bool on_sets) {
    ScoreRows rows{draw({2, 5, 8}, 3), draw({2, 5, 8}, 4), {}, {}};
    at::Tensor allowed = at::zeros({5, 8}, at::kBool);
    for (std::int64_t query = 0; query < 5; ++query) {
        rows.begin.push_back(query / 2);
        rows.end.push_back(query + 3);
        allowed[query].slice(0, query / 2, query + 3).fill_(true);
    }
    const at::Tensor masked =
        rows.target_SQK.masked_fill(allowed.logical_not(), -std::numeric_limits<float>::infinity());
    rows.target_SQK = on_sets ? masked.gt(0).to(at::kFloat) : at::softmax(masked, -1);
    return rows;
}

at::Tensor allowed_of(const ScoreRows& rows) {
    at::Tensor allowed = at::zeros({rows.scores_SQK.size(1), rows.scores_SQK.size(2)}, at::kBool);
    for (std::size_t query = 0; query < rows.begin.size(); ++query)
        allowed[static_cast<std::int64_t>(query)].slice(0, rows.begin[query], rows.end[query]).fill_(true);
    return allowed;
}

class EveryLoss : public testing::TestWithParam<std::string> {};

TEST_P(EveryLoss, IsTheSameByRowsAndByOperationsOnTensors) {
    const LossEntry& loss = loss_entry(GetParam());
    ScoreRows rows = example(loss.on_sets);
    const at::Tensor allowed = allowed_of(rows), scores = rows.scores_SQK.clone();
    const double value = loss.value_aten(scores, rows.target_SQK, allowed).item<double>();
    EXPECT_GT(value, 0);
    EXPECT_NEAR(loss_sum(loss, rows), value, 1e-4);
    const at::Tensor gradient = loss.gradient_aten(scores, rows.target_SQK, allowed, 0.25);
    scores_to_gradient(loss, rows, 0.25);
    EXPECT_LT((rows.scores_SQK - gradient).abs().max().item<double>(), 1e-6);
}

TEST_P(EveryLoss, HasTheGradientOfItsValue) {
    const LossEntry& loss = loss_entry(GetParam());
    const ScoreRows rows = example(loss.on_sets);
    at::Tensor scores = rows.scores_SQK.clone().set_requires_grad(true);
    loss.value_aten(scores, rows.target_SQK, allowed_of(rows)).backward();
    const at::Tensor gradient = loss.gradient_aten(rows.scores_SQK, rows.target_SQK, allowed_of(rows), 1.0);
    EXPECT_LT((scores.grad() - gradient).abs().max().item<double>(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Losses, EveryLoss, testing::Values("kl", "bce"));

TEST(Kl, IsTheDistanceOfTwoDistributionsByHand) {
    // softmax(0, ln 3) = (1/4, 3/4) against (1/2, 1/2): 1/2 ln 2 + 1/2 ln(2/3).
    const float scores[] = {0, std::log(3.0F)}, target[] = {0.5F, 0.5F};
    const LossEntry& kl = loss_entry("kl");
    EXPECT_NEAR(kl.value(scores, target, 2), 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3.0), 1e-6);
    float gradient[2];
    kl.gradient(scores, target, 2, 2, gradient);
    EXPECT_NEAR(gradient[0], -0.5, 1e-6);
    EXPECT_NEAR(gradient[1], 0.5, 1e-6);
}

TEST(Kl, IsZeroForEqualDistributionsAndCountsNoKeyWithoutMass) {
    const float scores[] = {1, 1, -200}, target[] = {0.5F, 0.5F, 0};
    EXPECT_NEAR(loss_entry("kl").value(scores, target, 3), 0, 1e-7);
}

TEST(Bce, IsTheCrossEntropyOfSigmoidsByHand) {
    const float scores[] = {0, std::log(3.0F), -90, 90}, target[] = {1, 0, 0, 1};
    const LossEntry& bce = loss_entry("bce");
    EXPECT_NEAR(bce.value(scores, target, 4), std::log(2.0) + std::log(4.0), 1e-6);
    float gradient[4];
    bce.gradient(scores, target, 4, 1, gradient);
    EXPECT_NEAR(gradient[0], -0.5, 1e-6);
    EXPECT_NEAR(gradient[1], 0.75, 1e-6);
    EXPECT_NEAR(gradient[2], 0, 1e-6);
    EXPECT_NEAR(gradient[3], 0, 1e-6);
}

TEST(Losses, AnUnknownOneIsNamedWithTheKnown) {
    try {
        (void)loss_entry("lk");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_NE(std::string(failure.what()).find("kl"), std::string::npos);
    }
}

}  // namespace
}  // namespace gatescope
