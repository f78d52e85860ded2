// A measurement that keeps streams against one that runs every window in full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "analysis/measurement.h"
#include "model/core/error.h"
#include "tests/analysis/measurement_fixture.h"
#include "tests/support/forwarding_transformer.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing_support::TinyWorld;

constexpr std::uint64_t kPlenty = std::uint64_t{64} << 20;

TinyLlama twelve_layers(std::uint32_t sliding_window = 0) {
    TinyLlama shape;
    shape.n_layers = 12;
    shape.sliding_window = sliding_window;
    return shape;
}

// The model, and the passes that it was asked for: window, whether gated, first layer that ran.
class Watched final : public testing_support::ForwardingTransformer {
  public:
    using ForwardingTransformer::ForwardingTransformer;
    at::Tensor forward(const ForwardRequest& request, JobContext& job) override {
        passes.push_back({request.window, request.gate != nullptr ? 1 : 0, request.start.layer});
        return ForwardingTransformer::forward(request, job);
    }

    std::vector<std::vector<std::int64_t>> passes;
};

std::vector<GateSpec> specs(const std::vector<std::string>& gates) {
    std::vector<GateSpec> out;
    for (const std::string& gate : gates) out.push_back(parse_gate(gate));
    return out;
}

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
    std::vector<std::uint32_t> out;
    for (const float value : values) out.push_back(std::bit_cast<std::uint32_t>(value));
    return out;
}

void expect_same_grids(const std::map<std::string, HeadGrid>& a, const std::map<std::string, HeadGrid>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [id, grid] : a) EXPECT_EQ(bits(grid.values), bits(b.at(id).values)) << id;
}

void expect_same(const GateResult& a, const GateResult& b) {
    SCOPED_TRACE(print_gate(a.gate));
    EXPECT_EQ(print_gate(a.gate), print_gate(b.gate));
    EXPECT_EQ(a.sparsity, b.sparsity);
    EXPECT_EQ(a.cost.flops, b.cost.flops);
    EXPECT_EQ(a.cost.dense_flops, b.cost.dense_flops);
    EXPECT_EQ(a.cost.key_value_bytes, b.cost.key_value_bytes);
    EXPECT_EQ(a.cost.dense_key_value_bytes, b.cost.dense_key_value_bytes);
    ASSERT_EQ(a.perplexity.token_nll.size(), b.perplexity.token_nll.size());
    for (std::size_t n = 0; n < a.perplexity.token_nll.size(); ++n)
        EXPECT_EQ(bits(a.perplexity.token_nll[n]), bits(b.perplexity.token_nll[n])) << "window " << n;
    EXPECT_EQ(a.from_dense.nll, b.from_dense.nll);
    expect_same_grids(a.agreement, b.agreement);
    ASSERT_EQ(a.masks == nullptr, b.masks == nullptr);
    if (a.masks) {
        EXPECT_EQ(a.masks->keys, b.masks->keys);
    }
}

const std::vector<std::vector<std::string>> kToggles = {
    {"oracle:k=4@9-11"},
    {"oracle:k=6@9-11", "heavy:k=4@5-7"},
    {"oracle:k=6@0-8+uniform:k=5@9-11", "heavy:k=4@5-7"},
    {"oracle:k=6@0-8+uniform:k=9@9-11", "heavy:k=4@5-7+oracle:k=3@10/1-2"},
    {"random:k=4@3", "oracle:k=6@0-8+block:b=4,n=2@9-10"},
    {"window:sinks=1,local=3", "soft-random@6-11"},
    {"ablate-mean@9-11/0-2", "ablate-zero@4/1+oracle:k=4@9-11"},
    {"ablate-mean@9-11/0-2+oracle:k=4@11/3", "ablate-zero@4/1+oracle:k=5@9-11"},
    {"linear@7+oracle:k=4@8-11/0-1", "linear@7+oracle:k=5@8-11/0-1"},
};

class ResumedMeasurement : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(SlidingWindows, ResumedMeasurement, testing::Values(0U, 7U));

TEST_P(ResumedMeasurement, EveryNumberIsThatOfFullPassesToTheLastBit) {
    for (const DataType dtype : {DataType::kFloat32, DataType::kBFloat16})
        for (const bool masks : {false, true}) {
            TinyWorld world(twelve_layers(GetParam()));
            world.model = load_transformer(world.reader, {"cpu", dtype}, world.job);
            RunRequest request = world.request();
            request.masks = masks;
            request.mask_windows = 2;
            Watched model(*world.model);
            Measurement measurement(model, request, world.summary, world.text);
            measurement.keep_streams(kPlenty);
            for (const auto& gates : kToggles) {
                measurement.set_gates(specs(gates));
                while (measurement.step(world.job)) continue;
                request.gates = specs(gates);
                const auto whole = world.finished(request);
                const auto resumed = measurement.result();
                ASSERT_EQ(resumed->gates.size(), whole->gates.size());
                for (std::size_t n = 0; n < whole->gates.size(); ++n) expect_same(resumed->gates[n], whole->gates[n]);
            }
            EXPECT_GT(std::ranges::count_if(model.passes, [](const auto& pass) { return pass[2] > 0; }),
                      masks ? 15 : 30);
        }
}

TEST(ResumedMeasurement, MapsAndKeysAreThoseOfFullPasses) {
    TinyWorld world(twelve_layers());
    const GateSpec a = parse_gate("oracle:k=4@0-8+uniform:k=5@9-11"), b = parse_gate("random:k=4@9-11");
    const auto resumed = world.measurement(world.request());
    resumed->keep_streams(kPlenty);
    for (const char* before : {"oracle:k=4@0-8+uniform:k=7@9-11", "random:k=6@9-11"}) {
        resumed->set_gates({parse_gate(before)});
        while (resumed->step(world.job)) continue;
    }
    resumed->set_gates({a, b});
    resumed->step(world.job);
    resumed->step(world.job);
    const auto whole = world.measurement(world.request());
    for (const std::int64_t window : {0, 1})
        for (const std::int64_t layer : {0, 8, 9, 11}) {
            EXPECT_TRUE(window == 1 || resumed->pattern_ready(window, layer, &a)) << layer;
            EXPECT_TRUE(window == 1 || resumed->pattern_ready(window, layer, &b)) << layer;
            const auto one = resumed->pattern(window, layer, 2, &a, &b, world.job);
            const auto other = whole->pattern(window, layer, 2, &a, &b, world.job);
            EXPECT_EQ(one->probabilities, other->probabilities);
            EXPECT_EQ(one->kept_a, other->kept_a);
            EXPECT_EQ(one->kept_b, other->kept_b);
        }
}

TEST(ResumedMeasurement, ANewGateStartsAtTheFirstLayerThatItTouchesAndBeforeFurtherDenseWindows) {
    TinyWorld world(twelve_layers());
    Watched model(*world.model);
    Measurement measurement(model, world.request(), world.summary, world.text);
    measurement.keep_streams(kPlenty);
    measurement.step(world.job);
    measurement.set_gates(specs({"oracle:k=4@9-11"}));
    measurement.step(world.job);
    EXPECT_THAT(model.passes, ElementsAre(ElementsAre(0, 0, 0), ElementsAre(0, 1, 9)));
    measurement.step(world.job);
    measurement.set_gates(specs({"oracle:k=3@9-11", "oracle:k=4@9-11"}));
    model.passes.clear();
    measurement.step(world.job);
    measurement.step(world.job);
    EXPECT_THAT(model.passes, ElementsAre(ElementsAre(0, 1, 9), ElementsAre(1, 1, 9)))
        << "the new gate's first window, then what has fewest";
}

TEST(ResumedMeasurement, AComposedGateStartsWhereItChanged) {
    TinyWorld world(twelve_layers());
    Watched model(*world.model);
    Measurement measurement(model, world.request(), world.summary, world.text);
    measurement.keep_streams(kPlenty);
    measurement.step(world.job);
    measurement.set_gates(specs({"oracle:k=4@0-9+uniform:k=5@10-11"}));
    measurement.step(world.job);
    measurement.set_gates(specs({"oracle:k=4@0-9+uniform:k=6@10-11"}));
    measurement.step(world.job);
    EXPECT_THAT(model.passes, ElementsAre(ElementsAre(0, 0, 0), ElementsAre(0, 1, 0), ElementsAre(0, 1, 10)));
}

TEST(ResumedMeasurement, ACancelledWindowLeavesNothingWrong) {
    TinyWorld world(twelve_layers());
    RunRequest request = world.request({"oracle:k=4@0-5+uniform:k=5@6-11"});
    const auto measurement = world.measurement(request);
    measurement->keep_streams(kPlenty);
    measurement->step(world.job);
    JobContext stopped;
    int ticks = 0;
    stopped.set_tick_service([&] {
        if (++ticks == 9) stopped.cancel();
    });
    EXPECT_THROW(measurement->step(stopped), Cancelled);
    while (measurement->step(world.job)) continue;
    expect_same(measurement->result()->gates[0], world.finished(request)->gates[0]);
}

}  // namespace
}  // namespace gatescope
