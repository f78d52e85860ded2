#include "model/transformer/rope.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

ModelConfig config_of(std::int64_t n_heads, std::int64_t n_kv_heads, std::int64_t d_head, std::int64_t rope_dims) {
    ModelConfig config;
    config.n_heads = n_heads;
    config.n_kv_heads = n_kv_heads;
    config.d_head = d_head;
    config.rope_dims = rope_dims;
    config.rope_base = 100.0;
    return config;
}

SplitHeads split(const at::Tensor& qkv, const ModelConfig& config) {
    return split_and_rotate(qkv, config, {}, RopeTable(config).upto(qkv.size(0), at::kCPU));
}

QueryKeyNorms norms_over(std::int64_t query_width, std::int64_t key_width) {
    return {{NormKind::kRms, 1e-6, random_tensor({query_width}, 5), {}},
            {NormKind::kRms, 1e-6, random_tensor({key_width}, 6), {}}};
}

TEST(Rope, TurnsChannelPairsByPositionTimesFrequency) {
    // One head of four channels: pairs (0, 2) at frequency 1 and (1, 3) at 100^(-1/2) = 0.1.
    const at::Tensor qkv = at::zeros({3, 12});
    qkv.narrow(1, 0, 2).fill_(1.0);  // q = (1, 1, 0, 0) at every position
    const at::Tensor q = split(qkv, config_of(1, 1, 4, 4)).q_HTE;
    for (int t = 0; t < 3; ++t) {
        const auto position = static_cast<float>(t);
        EXPECT_NEAR(q[0][t][0].item<float>(), std::cos(position), 1e-6);
        EXPECT_NEAR(q[0][t][2].item<float>(), std::sin(position), 1e-6);
        EXPECT_NEAR(q[0][t][1].item<float>(), std::cos(0.1F * position), 1e-6);
        EXPECT_NEAR(q[0][t][3].item<float>(), std::sin(0.1F * position), 1e-6);
    }
}

TEST(Rope, MakesScoresDependOnDistanceAlone) {
    const ModelConfig config = config_of(1, 1, 8, 8);
    const at::Tensor row = random_tensor({1, 24});
    const SplitHeads heads = split(row.expand({40, 24}).contiguous(), config);
    const at::Tensor scores = heads.q_HTE[0].matmul(heads.k_GTE[0].t());
    EXPECT_NEAR(scores[5][2].item<float>(), scores[38][35].item<float>(), 1e-5);
    EXPECT_NEAR(scores[20][0].item<float>(), scores[39][19].item<float>(), 1e-5);
}

TEST(Rope, LeavesValuesAndChannelsBeyondTheRotatedOnes) {
    const at::Tensor qkv = random_tensor({11, 3 * 10});
    const SplitHeads heads = split(qkv, config_of(1, 1, 10, 4));
    EXPECT_TRUE(heads.v_GTE[0].equal(qkv.narrow(1, 20, 10)));
    EXPECT_TRUE(heads.q_HTE[0].narrow(1, 4, 6).equal(qkv.narrow(1, 4, 6)));
}

TEST(Rope, SplitEqualsItsGenericForm) {
    // Heads of an odd width that turn in part, and that do not turn at all.
    for (const auto& [d_head, rope_dims] : {std::pair{10, 6}, std::pair{18, 18}, std::pair{13, 4}, std::pair{13, 0}})
        for (const QueryKeyNorms& norms :
             {QueryKeyNorms(), norms_over(d_head, d_head), norms_over(6 * d_head, 3 * d_head)})
            for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
                const ModelConfig config = config_of(6, 3, d_head, rope_dims);
                const RopeTable::Slice rope = RopeTable(config).upto(29, at::kCPU);
                const at::Tensor qkv = random_tensor({29, 12 * d_head}).to(dtype);
                const SplitHeads fast = split_and_rotate(qkv, config, norms, rope);
                const SplitHeads generic = split_and_rotate_generic(qkv, config, norms, rope);
                const float tolerance = dtype == at::kFloat ? 4e-6F : 0.07F;
                EXPECT_LT(largest_difference(fast.q_HTE, generic.q_HTE), tolerance) << d_head;
                EXPECT_LT(largest_difference(fast.k_GTE, generic.k_GTE), tolerance) << d_head;
                EXPECT_TRUE(fast.v_GTE.equal(generic.v_GTE)) << d_head;
            }
}

TEST(Rope, NormalisesQueriesAndKeysBeforeTheyTurn) {
    const ModelConfig config = config_of(2, 1, 8, 8);
    const QueryKeyNorms norms = norms_over(8, 8);
    const at::Tensor qkv = random_tensor({5, 4 * 8});
    const at::Tensor q = norms.query.apply_generic(qkv.narrow(1, 0, 16).reshape({10, 8})).view({5, 16});
    const at::Tensor k = norms.key.apply_generic(qkv.narrow(1, 16, 8));
    const at::Tensor before = at::cat({q, k, qkv.narrow(1, 24, 8)}, 1);
    const SplitHeads expected = split(before, config);
    const SplitHeads heads = split_and_rotate(qkv, config, norms, RopeTable(config).upto(5, at::kCPU));
    EXPECT_LT(largest_difference(heads.q_HTE, expected.q_HTE), 2e-6F);
    EXPECT_LT(largest_difference(heads.k_GTE, expected.k_GTE), 2e-6F);
    EXPECT_TRUE(heads.v_GTE.equal(expected.v_GTE));
}

TEST(Rope, NormOverTheProjectionSharesOneDivisorAmongHeads) {
    // One head is large: its neighbour's channels shrink with it.
    const ModelConfig config = config_of(2, 1, 4, 0);
    const at::Tensor qkv = at::ones({1, 16});
    qkv.narrow(1, 0, 4).fill_(7.0);  // mean square of both heads: 25
    QueryKeyNorms norms = norms_over(8, 4);
    norms.query.gain_D = at::ones({8});
    norms.query.epsilon = 0;
    const SplitHeads heads = split_and_rotate(qkv, config, norms, RopeTable(config).upto(1, at::kCPU));
    EXPECT_FLOAT_EQ(heads.q_HTE[0][0][0].item<float>(), 1.4F);
    EXPECT_FLOAT_EQ(heads.q_HTE[1][0][0].item<float>(), 0.2F);
}

TEST(Rope, TableGrowsWithoutChangingEarlierPositions) {
    RopeTable table(config_of(1, 1, 8, 8));
    const at::Tensor before = table.upto(5, at::kCPU).cos_TR.clone();
    EXPECT_TRUE(table.upto(300, at::kCPU).cos_TR.narrow(0, 0, 5).equal(before));
}

}  // namespace
}  // namespace gatescope
