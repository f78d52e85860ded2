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
    RopeTable table(config.rope_dims, config.rope_base);
    return split_and_rotate(qkv, config, table.upto(qkv.size(0), at::kCPU));
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
    for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
        const ModelConfig config = config_of(6, 3, 10, 6);
        RopeTable table(config.rope_dims, config.rope_base);
        const at::Tensor qkv = random_tensor({29, 12 * 10}).to(dtype);
        const SplitHeads fast = split_and_rotate(qkv, config, table.upto(29, at::kCPU));
        const SplitHeads generic = split_and_rotate_generic(qkv, config, table.upto(29, at::kCPU));
        const float tolerance = dtype == at::kFloat ? 1e-6F : 0.04F;
        EXPECT_LT(largest_difference(fast.q_HTE, generic.q_HTE), tolerance);
        EXPECT_LT(largest_difference(fast.k_GTE, generic.k_GTE), tolerance);
        EXPECT_TRUE(fast.v_GTE.equal(generic.v_GTE));
    }
}

TEST(Rope, TableGrowsWithoutChangingEarlierPositions) {
    RopeTable table(8, 10000.0);
    const at::Tensor before = table.upto(5, at::kCPU).cos_TR.clone();
    EXPECT_TRUE(table.upto(300, at::kCPU).cos_TR.narrow(0, 0, 5).equal(before));
}

}  // namespace
}  // namespace gatescope
