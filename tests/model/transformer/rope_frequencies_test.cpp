// Reference values: transformers 5.23 (modeling_rope_utils.py), heads of 16 channels.
#include "model/transformer/rope_frequencies.h"

#include <gtest/gtest.h>

#include "model/transformer/rope.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

ModelConfig config_of(RopeScaling scaling, double base = 10000.0) {
    ModelConfig config;
    config.rope_dims = 16;
    config.rope_base = base;
    config.rope_scaling = scaling;
    return config;
}

void expect_frequencies(const ModelConfig& config, std::int64_t length, const std::vector<float>& expected) {
    const std::vector<float> found = rope_frequencies(config, length);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t r = 0; r < expected.size(); ++r) EXPECT_NEAR(found[r], expected[r], 4e-7F * expected[r]) << r;
}

const std::vector<float> kUnscaled = {1.0F,  0.316227764F,   0.100000001F,   0.0316227786F,
                                      0.01F, 0.00316227786F, 0.00100000005F, 0.000316227786F};

TEST(RopeFrequencies, FallGeometricallyWithTheChannel) {
    expect_frequencies(config_of({}), 100, kUnscaled);
}

TEST(RopeFrequencies, LinearScalingDividesThemAll) {
    std::vector<float> expected = kUnscaled;
    for (float& frequency : expected) frequency /= 4.0F;
    expect_frequencies(config_of({.kind = RopeScaling::Kind::kLinear, .factor = 4.0}), 100, expected);
}

TEST(RopeFrequencies, DynamicScalingRaisesTheBaseBeyondTheTrainedLength) {
    const ModelConfig config =
        config_of({.kind = RopeScaling::Kind::kDynamic, .factor = 2.0, .original_positions = 64});
    expect_frequencies(config, 64, kUnscaled);
    expect_frequencies(config, 100,
                       {1.0F, 0.283945143F, 0.0806248412F, 0.0228930302F, 0.00650036521F, 0.001845747F, 0.000524090894F,
                        0.000148813066F});
}

TEST(RopeFrequencies, Llama3ScalingSlowsTheSlowOnesAndBlendsBetween) {
    const RopeScaling scaling = {.kind = RopeScaling::Kind::kLlama3, .factor = 8.0, .original_positions = 64};
    expect_frequencies(config_of(scaling, 500000.0), 512,
                       {1.0F, 0.079403013F, 0.00470075384F, 0.000911583134F, 0.000176776681F, 3.42810235e-05F,
                        6.64786967e-06F, 1.28917316e-06F});
}

TEST(RopeFrequencies, AreDividedByAFilesOwnTable) {
    ModelConfig config = config_of({});
    config.rope_divisors = {1, 1, 2, 1, 1, 1, 1, 8};
    std::vector<float> expected = kUnscaled;
    expected[2] /= 2.0F;
    expected[7] /= 8.0F;
    expect_frequencies(config, 10, expected);
}

TEST(RopeTable, ServesShortWindowsAfterALongOneOfItsOwnFrequencies) {
    RopeTable table(config_of({.kind = RopeScaling::Kind::kDynamic, .factor = 2.0, .original_positions = 64}));
    const at::Tensor before = table.upto(50, at::kCPU).sin_TR.clone();
    const at::Tensor longer = table.upto(100, at::kCPU).sin_TR.narrow(0, 0, 50).clone();
    EXPECT_GT(testing_support::largest_difference(before, longer), 0.1F);
    EXPECT_TRUE(table.upto(50, at::kCPU).sin_TR.equal(before));
    EXPECT_GT(testing_support::largest_difference(table.upto(200, at::kCPU).sin_TR.narrow(0, 0, 50), longer), 0.01F);
}

}  // namespace
}  // namespace gatescope
