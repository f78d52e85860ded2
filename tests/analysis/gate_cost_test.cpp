// FLOPs and key/value bytes that gates leave, against the very sets of the run.
#include <gtest/gtest.h>

#include <set>

#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

constexpr double kWidth = 8, kHeads = 4, kGroups = 2, kLayers = 3;  // of the tiny model: d_head, heads ...

// The set of a query.
std::set<std::int32_t> set_of(const KeySets& sets, std::int64_t window, std::int64_t layer, std::int64_t head,
                              std::int64_t query) {
    std::set<std::int32_t> out;
    const std::int64_t row = ((window * sets.layers + layer) * sets.heads + head) * sets.queries + query;
    for (std::int64_t slot = 0; slot < sets.slots; ++slot)
        if (const std::int32_t key = sets.keys[static_cast<std::size_t>(row * sets.slots + slot)]; key >= 0)
            out.insert(key);
    return out;
}

// The cost by the sets that a run of masks lists for every head.
GateCost cost_of(const KeySets& sets, const TextWindows& text) {
    GateCost cost{0, 0, 0, 0};
    for (std::int64_t window = 0; window < sets.windows; ++window) {
        const auto tokens = std::ssize(text.windows[static_cast<std::size_t>(window)]);
        for (std::int64_t layer = 0; layer < sets.layers; ++layer)
            for (std::int64_t group = 0; group < 2; ++group) {
                std::set<std::int32_t> read;
                for (std::int64_t head = 2 * group; head < 2 * group + 2; ++head) {
                    for (std::int64_t query = 0; query < tokens; ++query)
                        cost.flops += 4 * kWidth * static_cast<double>(set_of(sets, window, layer, head, query).size());
                    read.merge(set_of(sets, window, layer, head, tokens - 1));
                }
                cost.key_value_bytes += 2 * kWidth * 4 * static_cast<double>(read.size());
            }
    }
    const auto windows = static_cast<double>(sets.windows);
    return {cost.flops / windows, 0, cost.key_value_bytes / windows, 0};
}

double dense_pairs(const TextWindows& text) {
    double pairs = 0;
    for (const auto& window : text.windows)
        pairs += static_cast<double>(window.size()) * static_cast<double>(window.size() + 1) / 2;
    return pairs / static_cast<double>(text.windows.size());
}

TEST(GateCosts, AreThoseOfTheSetsThatARunLists) {
    TinyWorld world;
    RunRequest request =
        world.request({"oracle:k=4", "window:sinks=1,local=3", "oracle:k=3@1/0,3", "block:b=4,n=2,sinks=1",
                       "strided:k=5", "uniform:k=6@0+window:sinks=2,local=2@2/1", "soft-random"});
    request.masks = true;
    request.mask_windows = 4;
    const auto result = world.finished(request);
    for (const GateResult& gate : result->gates) {
        SCOPED_TRACE(print_gate(gate.gate));
        const GateCost wanted = cost_of(*gate.masks, *world.text);
        EXPECT_DOUBLE_EQ(gate.cost.flops, wanted.flops);
        EXPECT_DOUBLE_EQ(gate.cost.key_value_bytes, wanted.key_value_bytes);
        EXPECT_DOUBLE_EQ(gate.cost.dense_flops, 4 * kWidth * kHeads * kLayers * dense_pairs(*world.text));
        EXPECT_DOUBLE_EQ(gate.cost.dense_key_value_bytes, 2 * kWidth * 4 * kGroups * kLayers * (24 * 3 + 9) / 4.0);
    }
}

TEST(GateCosts, AreTheSameWhetherOrNotAnybodyLooks) {
    TinyWorld world;
    RunRequest plain = world.request({"oracle:k=4", "window:sinks=1,local=3", "block-mean:b=4,n=2"});
    RunRequest bare = plain;
    bare.agreement = bare.concentration = false;
    const auto seen = world.finished(plain), unseen = world.finished(bare);
    for (std::size_t n = 0; n < seen->gates.size(); ++n) {
        EXPECT_EQ(seen->gates[n].cost.flops, unseen->gates[n].cost.flops);
        EXPECT_EQ(seen->gates[n].cost.key_value_bytes, unseen->gates[n].cost.key_value_bytes);
    }
}

TEST(GateCosts, AnAblatedHeadReadsNothingAndAStateHasItsOwnSize) {
    TinyWorld world;
    const auto result = world.finished(world.request({"ablate-zero", "ablate-zero@1/0", "linear", "linear@0/2"}));
    const double dense_flops = result->gates[0].cost.dense_flops,
                 dense_bytes = result->gates[0].cost.dense_key_value_bytes;
    const double tokens = (24 * 3 + 9) / 4.0, state = kWidth * (kWidth + 1);
    EXPECT_EQ(result->gates[0].cost.flops, 0);
    EXPECT_EQ(result->gates[0].cost.key_value_bytes, 0);
    EXPECT_DOUBLE_EQ(result->gates[1].cost.flops, dense_flops * 11 / 12);
    EXPECT_DOUBLE_EQ(result->gates[1].cost.key_value_bytes, dense_bytes) << "the other head still reads them";
    EXPECT_DOUBLE_EQ(result->gates[2].cost.flops, 2 * state * tokens * kLayers * (kHeads + kGroups));
    EXPECT_DOUBLE_EQ(result->gates[2].cost.key_value_bytes, state * 4 * kLayers * kGroups);
    EXPECT_DOUBLE_EQ(result->gates[3].cost.flops, dense_flops * 11 / 12 + 2 * state * tokens * 2);
    EXPECT_DOUBLE_EQ(result->gates[3].cost.key_value_bytes, dense_bytes + state * 4);
}

TEST(GateCosts, OfLayersThatAnEarlierPassRanAreTakenOver) {
    TinyWorld world;
    const auto measurement = world.measurement(world.request());
    measurement->keep_streams(std::uint64_t{64} << 20);
    while (measurement->step(world.job)) {
    }
    measurement->set_gates({parse_gate("oracle:k=4@0-1")});
    while (measurement->step(world.job)) {
    }
    const GateSpec both = parse_gate("oracle:k=4@0-1+block:b=4,n=2@2");
    measurement->set_gates({parse_gate("oracle:k=4@0-1"), both});
    while (measurement->step(world.job)) {
    }
    const auto fresh = world.finished(world.request({print_gate(both)}));
    EXPECT_EQ(measurement->result()->gates[1].cost.flops, fresh->gates[0].cost.flops);
    EXPECT_EQ(measurement->result()->gates[1].cost.key_value_bytes, fresh->gates[0].cost.key_value_bytes);
}

}  // namespace
}  // namespace gatescope
