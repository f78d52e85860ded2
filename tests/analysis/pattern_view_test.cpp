// The map of one head, made again from kept q and k.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/set_recorders.h"
#include "model/core/error.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

// Probabilities [query, key] as the pass itself used them.
class Watcher final : public Observer {
  public:
    Watcher(std::int64_t layer, std::int64_t head) : layer_(layer), head_(head) {}
    bool wants_blocks(std::int64_t layer) const override { return layer == layer_; }
    void begin_window(std::int64_t, std::span<const std::int32_t> ids) override {
        tokens_ = static_cast<std::int64_t>(ids.size());
        pattern.assign(ids.size() * ids.size(), 0);
        kept = std::vector<std::uint8_t>(ids.size() * ids.size(), 0);
    }
    void on_block(const PatternBlock& block) override {
        for (std::int64_t query = block.query_begin; query < block.query_end; ++query)
            for (std::int64_t key = 0; key <= query; ++key) {
                const auto place = static_cast<std::size_t>(query * tokens_ + key);
                const std::int64_t row = query - block.query_begin;
                pattern[place] = block.pattern_HQK[head_][row][key].item<float>();
                if (block.keep_HQK.defined()) kept[place] = block.keep_HQK[head_][row][key].item<bool>() ? 1 : 0;
            }
    }

    std::vector<float> pattern;
    std::vector<std::uint8_t> kept;

  private:
    std::int64_t layer_, head_, tokens_ = 0;
};

TEST(PatternView, IsThePatternThatThePassUsed) {
    for (const std::uint32_t sliding_window : {0u, 7u}) {
        TinyLlama shape = testing_support::three_layers();
        shape.sliding_window = sliding_window;
        TinyWorld world(shape);
        auto measurement = world.measurement(world.request());
        const auto map = measurement->pattern(3, 2, 1, nullptr, nullptr, world.job);
        Watcher watcher(2, 1);
        (void)world.model->forward({world.text->windows[3], 3, 24, nullptr, {&watcher}}, world.job);
        EXPECT_EQ(map->tokens, 9);
        EXPECT_THAT(map->probabilities, testing::Pointwise(testing::FloatNear(1e-6f), watcher.pattern));
        EXPECT_TRUE(map->kept_a.empty());
    }
}

TEST(PatternView, ShowsTheKeysThatTheGatedRunKept) {
    TinyWorld world;
    const GateSpec oracle = parse_gate("oracle:k=4"), uniform = parse_gate("uniform:k=4@1-2/0-2");
    auto measurement = world.measurement(world.request({"oracle:k=4"}));
    const auto map = measurement->pattern(1, 2, 2, &oracle, &uniform, world.job);
    const auto keys = [&](const GateSpec& gate) {
        Watcher watcher(2, 2);
        GateRun run(gate);
        (void)world.model->forward({world.text->windows[1], 1, 24, &run, {&watcher}}, world.job);
        return watcher.kept;
    };
    EXPECT_EQ(map->kept_a, keys(oracle));
    EXPECT_EQ(map->kept_b, keys(uniform));
}

TEST(PatternView, AGateThatLeavesTheHeadAloneKeepsAllItsKeys) {
    TinyWorld world;
    const GateSpec elsewhere = parse_gate("oracle:k=4@0");
    const auto map = world.measurement(world.request())->pattern(0, 2, 0, &elsewhere, nullptr, world.job);
    for (std::int64_t query = 0; query < 24; ++query)
        for (std::int64_t key = 0; key < 24; ++key)
            EXPECT_EQ(map->kept_a[static_cast<std::size_t>(query * 24 + key)], key <= query ? 1 : 0);
}

TEST(PatternView, NeedsNoPassOnceAPassWentByTheWindow) {
    TinyWorld world;
    auto measurement = world.measurement(world.request({"oracle:k=4"}));
    EXPECT_FALSE(measurement->pattern_ready(0, 1));
    const GateSpec gate = parse_gate("oracle:k=4");
    measurement->step(world.job);
    EXPECT_TRUE(measurement->pattern_ready(0, 1));
    EXPECT_FALSE(measurement->pattern_ready(0, 1, &gate)) << "the gate has not been by";
    measurement->step(world.job);
    EXPECT_TRUE(measurement->pattern_ready(0, 1, &gate));
    EXPECT_FALSE(measurement->pattern_ready(1, 1));
    measurement->set_gates({});
    EXPECT_TRUE(measurement->pattern_ready(0, 2));
}

TEST(PatternView, AClickServedInsideAPassChangesNothingButTheMap) {
    TinyWorld world;
    auto quiet = world.measurement(world.request({"oracle:k=4"}));
    while (quiet->step(world.job)) {
    }
    auto clicked = world.measurement(world.request({"oracle:k=4"}));
    clicked->step(world.job);
    std::int64_t clicks = 0;
    JobContext job;
    job.set_tick_service([&] {
        JobContext inner;
        if (clicked->pattern_ready(0, clicks % 3)) (void)clicked->pattern(0, clicks % 3, 1, nullptr, nullptr, inner);
        ++clicks;
    });
    while (clicked->step(job)) {
    }
    EXPECT_GT(clicks, 3);
    const auto expected = quiet->result(), found = clicked->result();
    EXPECT_EQ(found->dense.estimate.nll, expected->dense.estimate.nll);
    EXPECT_EQ(found->gates[0].perplexity.estimate.nll, expected->gates[0].perplexity.estimate.nll);
    EXPECT_EQ(found->concentration->figures.at("entropy").values,
              expected->concentration->figures.at("entropy").values);
}

TEST(PatternView, AClickOnAnotherWindowDoesNotTakeAPassesKeysAway) {
    TinyWorld world;
    const GateSpec gate = parse_gate("oracle:k=4");
    auto measurement = world.measurement(world.request({"oracle:k=4"}));
    measurement->step(world.job);
    JobContext job;
    job.set_tick_service([&] {
        JobContext inner;
        if (measurement->pattern_ready(0, 0)) (void)measurement->pattern(0, 0, 0, nullptr, nullptr, inner);
    });
    const auto map = measurement->pattern(2, 1, 1, &gate, nullptr, job);
    EXPECT_EQ(map->window, 2);
    EXPECT_FALSE(map->kept_a.empty());
}

TEST(PatternView, ThePassItNeedsCountsForTheMeasurement) {
    TinyWorld world;
    auto measurement = world.measurement(world.request());
    (void)measurement->pattern(0, 1, 0, nullptr, nullptr, world.job);
    EXPECT_EQ(measurement->result()->windows_done, 1);
    (void)measurement->pattern(2, 1, 0, nullptr, nullptr, world.job);  // not the next one
    EXPECT_EQ(measurement->result()->windows_done, 1);
    EXPECT_TRUE(measurement->pattern_ready(2, 0));
    EXPECT_FALSE(measurement->pattern_ready(0, 0));
}

TEST(PatternView, NothingIsKeptWhereNobodyLooks) {
    TinyWorld world;
    auto measurement = world.measurement(world.request());
    measurement->keep_window(-1);
    measurement->step(world.job);
    EXPECT_FALSE(measurement->pattern_ready(0, 0));
}

TEST(PatternView, APlaceThatDoesNotExistIsRefused) {
    TinyWorld world;
    auto measurement = world.measurement(world.request());
    EXPECT_THROW((void)measurement->pattern(4, 0, 0, nullptr, nullptr, world.job), Failure);
    EXPECT_THROW((void)measurement->pattern(0, 3, 0, nullptr, nullptr, world.job), Failure);
    EXPECT_THROW((void)measurement->pattern(0, 0, -1, nullptr, nullptr, world.job), Failure);
}

}  // namespace
}  // namespace gatescope
