// What gradient reaches a gate: none through a set, some through a bias.
#include "analysis/gate_gradient.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/core/error.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

DistillRequest request_of(const std::string& gate) {
    DistillRequest request;
    request.gate = gate;
    request.k = 6;
    request.gate_dim = 4;
    request.keys_per_block = 3;
    request.index_heads = 2;
    return request;
}

class GateGradients : public testing::TestWithParam<std::string> {
  protected:
    GateGradient gradient(const DistillRequest& request, GateMeans means) {
        return gate_gradient(*world_.model, world_.text->windows[0], request, means, world_.job);
    }
    TinyWorld world_;
};

TEST_P(GateGradients, ExactlyZeroThroughASet) {
    const GateGradient hard = gradient(request_of(GetParam()), GateMeans::kSet);
    EXPECT_EQ(hard.gate, GetParam());
    EXPECT_EQ(hard.layers, (std::vector<std::int64_t>{0, 1, 2}));
    EXPECT_EQ(hard.norms, (std::vector<double>{0, 0, 0}));
    EXPECT_EQ(hard.nonzero_values, 0);
    EXPECT_GT(hard.values, 0);
}

TEST_P(GateGradients, NotZeroThroughABias) {
    const GateGradient soft = gradient(request_of(GetParam()), GateMeans::kBias);
    EXPECT_EQ(soft.gate, "soft-learned");
    ASSERT_EQ(soft.norms.size(), 3U);
    for (const double norm : soft.norms) {
        EXPECT_GT(norm, 0);
        EXPECT_TRUE(std::isfinite(norm));
    }
    EXPECT_GT(soft.nonzero_values, soft.values / 2);
}

INSTANTIATE_TEST_SUITE_P(Trained, GateGradients, testing::Values("learned", "block-learned", "indexer"),
                         [](const auto& suite) {
                             std::string name = suite.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(GateGradient, IsOfTheLayersAsked) {
    TinyWorld world;
    DistillRequest request = request_of("learned");
    request.layers = IndexSet(std::vector<std::int64_t>{0, 2});
    request.rope = true;
    const GateGradient some = gate_gradient(*world.model, world.text->windows[0], request, GateMeans::kBias, world.job);
    EXPECT_EQ(some.layers, (std::vector<std::int64_t>{0, 2}));
    EXPECT_EQ(some.values, 2 * 2 * 4 * 32 * 4);
}

TEST(GateGradient, RefusesWhatHasNoArrays) {
    TinyWorld world;
    for (const char* gate : {"oracle", "soft-learned", "random"})
        EXPECT_THROW(
            (void)gate_gradient(*world.model, world.text->windows[0], request_of(gate), GateMeans::kSet, world.job),
            Failure)
            << gate;
}

}  // namespace
}  // namespace gatescope
