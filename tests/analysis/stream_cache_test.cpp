#include "analysis/stream_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/gates/gate.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing_support::TinyWorld;

constexpr std::uint64_t kLayerBytes = 24 * 32 * 4;  // a stream of TinyWorld's first window

TinyLlama twelve_layers() {
    TinyLlama shape;
    shape.n_layers = 12;
    return shape;
}

struct LayersSeen : Observer {
    void on_layer(const LayerInput& input) override { layers.push_back(input.layer); }
    std::vector<std::int64_t> layers;
};

// A pass over the first window with and without a cache.
struct Passes {
    explicit Passes(TinyWorld& with, std::int64_t spacing = 1)
        : world(with), cache(StreamCache::kUsualBytes, spacing) {}

    at::Tensor plain(const std::string& gate, std::int64_t window = 0) {
        GateRun run(parse_gate(gate));
        return world.model->forward(request(run, window), world.job);
    }
    at::Tensor cached(const std::string& gate, std::int64_t window = 0) {
        GateRun run(parse_gate(gate));
        seen.layers.clear();
        ForwardRequest asked = request(run, window);
        asked.observers = {&seen};
        return forward_from_cache(*world.model, asked, GateTrail(run.spec(), world.model->config()), cache, world.job);
    }
    ForwardRequest request(GateRun& run, std::int64_t window) const {
        return {.ids = world.text->windows[static_cast<std::size_t>(window)],
                .window = window,
                .nominal_window = 24,
                .gate = &run};
    }

    TinyWorld& world;
    StreamCache cache;
    LayersSeen seen;
};

GateTrail trail(const std::string& gate) {
    ModelConfig model;
    model.n_layers = 4;
    model.n_heads = 3;
    return GateTrail(parse_gate(gate), model);
}

TEST(GateTrail, IsEmptyBelowTheFirstLayerThatAGateTouches) {
    const GateTrail late = trail("oracle:k=8@2-3");
    EXPECT_EQ(late.below(2), "");
    EXPECT_NE(late.below(3), "");
    EXPECT_TRUE(late.turns_at(2));
    EXPECT_FALSE(late.turns_at(3));
    EXPECT_FALSE(late.touches(1));
    EXPECT_TRUE(late.touches(2));
    EXPECT_EQ(trail("dense").below(4), "");
    EXPECT_EQ(trail("oracle:k=8+dense").below(4), "");
}

TEST(GateTrail, SaysTheSameWhereSpellingsDoTheSame) {
    EXPECT_EQ(trail("oracle:k=16@0-1+oracle:k=8@2-3").below(2), trail("oracle:k=16+uniform:k=3@2").below(2));
    EXPECT_NE(trail("oracle:k=16@0-1+oracle:k=8@2-3").below(3), trail("oracle:k=16").below(3));
    EXPECT_EQ(trail("oracle:k=16@0/0-1").below(4), trail("oracle:k=16@0/0+oracle:k=16@0/1").below(4));
    EXPECT_NE(trail("oracle:k=16@0/0").below(4), trail("oracle:k=16@0/1").below(4));
    EXPECT_NE(trail("uniform:k=4,seed=1").below(1), trail("uniform:k=4,seed=2").below(1));
}

TEST(GateTrail, AFileThatWasWrittenAnewIsAnotherGate) {
    ModelConfig model;
    model.n_layers = model.n_heads = 1;
    const GateSpec gate = parse_gate("learned:k=4,file=g.safetensors");
    EXPECT_NE(GateTrail(gate, model, {{"g.safetensors", "a"}}).below(1),
              GateTrail(gate, model, {{"g.safetensors", "b"}}).below(1));
}

TEST(StreamCache, AGateStartsAtTheFirstLayerThatItTouches) {
    TinyWorld world(twelve_layers());
    Passes passes(world);
    passes.cached("dense");
    EXPECT_EQ(passes.seen.layers.size(), 12U);
    passes.cached("oracle:k=4@10-11");
    EXPECT_THAT(passes.seen.layers, ElementsAre(10, 11));
    passes.cached("oracle:k=4@10-11", 1);
    EXPECT_EQ(passes.seen.layers.size(), 12U) << "another window";
}

TEST(StreamCache, AComposedGateStartsWhereItDiffersFromOneBefore) {
    TinyWorld world(twelve_layers());
    Passes passes(world);
    passes.cached("oracle:k=4@0-10+uniform:k=9@11");
    passes.cached("oracle:k=4@0-10+uniform:k=7@11");
    EXPECT_THAT(passes.seen.layers, ElementsAre(11));
    passes.cached("oracle:k=5@0-10+uniform:k=7@11");
    EXPECT_EQ(passes.seen.layers.size(), 12U);
}

TEST(StreamCache, WhereLayersAreKeptApartAGateStartsAtTheNearestBelow) {
    TinyWorld world(twelve_layers());
    Passes passes(world, 4);
    passes.cached("dense");
    passes.cached("oracle:k=4@10-11");
    EXPECT_THAT(passes.seen.layers, ElementsAre(8, 9, 10, 11));
    passes.cached("oracle:k=6@10-11");
    EXPECT_THAT(passes.seen.layers, ElementsAre(10, 11)) << "kept on the way, as a gate turned there";
}

TEST(StreamCache, EverythingIsThatOfAWholePassToTheLastBit) {
    TinyLlama sliding = twelve_layers();
    sliding.sliding_window = 7;
    for (const TinyLlama& shape : {twelve_layers(), sliding})
        for (const DataType dtype : {DataType::kFloat32, DataType::kBFloat16}) {
            TinyWorld world(shape);
            world.model = load_transformer(world.reader, {"cpu", dtype}, world.job);
            Passes passes(world, 3);
            std::int64_t spared = 0;
            for (const char* gate :
                 {"dense", "oracle:k=4@5-11", "uniform:k=4,seed=2@7", "random:k=4@3-4,9", "heavy:k=4@8-11",
                  "heavy:k=4@2-5", "block:b=4,n=2@6-11", "block:b=4,n=2@6-10+oracle:k=3@11",
                  "block:b=4,n=2@6-10+oracle:k=5@11/0-2", "window:sinks=1,local=4@9-11", "linear@4+strided:k=4@10-11",
                  "linear@4+strided:k=6@10-11", "soft-random@1-8"})
                for (const std::int64_t window : {0, 3}) {
                    EXPECT_TRUE(passes.cached(gate, window).equal(passes.plain(gate, window))) << gate << window;
                    spared += 12 - static_cast<std::int64_t>(passes.seen.layers.size());
                }
            EXPECT_GT(spared, 60);
        }
}

TEST(StreamCache, StaysWithinItsBudgetAndFirstWindowsStay) {
    TinyWorld world(twelve_layers());
    Passes passes(world);
    passes.cache = StreamCache(20 * kLayerBytes);  // 15 of them dense
    for (const std::int64_t window : {0, 1, 2}) passes.cached("dense", window);
    EXPECT_EQ(passes.cache.bytes(), 15 * kLayerBytes);
    for (const char* gate : {"oracle:k=4@0-5", "oracle:k=5@0-5", "oracle:k=6@0-5", "oracle:k=7@0-5"})
        for (const std::int64_t window : {0, 1, 2}) passes.cached(gate, window);
    EXPECT_LE(passes.cache.bytes(), 20 * kLayerBytes);
    passes.cached("oracle:k=4@11", 0);
    EXPECT_THAT(passes.seen.layers, ElementsAre(11));
    passes.cached("oracle:k=7@0-5+oracle:k=4@8", 2);
    EXPECT_EQ(passes.seen.layers.front(), 8) << "the newest gated stream is there";
    passes.cached("oracle:k=4@0-5+oracle:k=4@8", 0);
    EXPECT_EQ(passes.seen.layers.front(), 0) << "the oldest gave way";
}

TEST(StreamCache, WithoutABudgetNothingIsKept) {
    TinyWorld world;
    Passes passes(world);
    passes.cache = StreamCache(0);
    passes.cached("dense");
    EXPECT_EQ(passes.cache.bytes(), 0U);
}

TEST(StreamCache, SpacingFollowsFromWhatThereIsRoomFor) {
    ModelConfig model;
    model.n_layers = 30;
    model.d_model = 576;
    const std::uint64_t half_gigabyte = std::uint64_t{512} << 20;
    EXPECT_EQ(stream_spacing(half_gigabyte, 8, 512, model, DataType::kFloat32), 1);
    EXPECT_EQ(stream_spacing(half_gigabyte, 16, 512, model, DataType::kFloat32), 2);
    EXPECT_EQ(stream_spacing(half_gigabyte, 16, 512, model, DataType::kBFloat16), 1);
    EXPECT_EQ(stream_spacing(half_gigabyte, 100, 4096, model, DataType::kFloat32), 4);
}

}  // namespace
}  // namespace gatescope
