// Pairs counted as a gate speaks against the sets themselves.
#include "model/gates/pair_tally.h"

#include <gtest/gtest.h>

#include "tests/model/gates/gate_fixture.h"

namespace gatescope {
namespace {

using testing_support::Layer;

// What the tally says after the layer in blocks of `block` queries, and after a look at the last query before and
// behind them.
double tallied(const std::string& gate, const Layer& layer, std::int64_t block) {
    GateRun run(parse_gate(gate));
    PairTally tally;
    run.count_into(&tally);
    const LayerInput input = layer.input();
    const at::Tensor scores = layer.scores(input);
    const auto show = [&](std::int64_t begin, std::int64_t end) {
        (void)run.apply({begin, end, scores.slice(1, begin, end).slice(2, 0, end), 0});
    };
    run.prepare(input, {.window = 0, .nominal_window = layer.tokens, .step = 0, .ids = {}});
    show(layer.tokens - 1, layer.tokens);
    for (std::int64_t begin = 0; begin < layer.tokens; begin += block)
        show(begin, std::min(begin + block, layer.tokens));
    show(layer.tokens - 1, layer.tokens);
    return tally.pairs(layer.layer);
}

TEST(PairTally, CountsWhatTheSetsHold) {
    for (const std::int64_t sliding_window : {0, 9})
        for (const char* gate :
             {"oracle:k=6", "oracle:k=6,sinks=2,local=2", "uniform:k=40", "window:sinks=2,local=5",
              "window:sinks=0,local=3", "window:sinks=3,local=0", "strided:k=5", "strided:k=5,sinks=2,local=2",
              "block:b=4,n=2", "block-mean:b=3,n=2,sinks=1,local=2", "heavy:k=5", "soft-random", "routing-only"}) {
            SCOPED_TRACE(std::string(gate) + " " + std::to_string(sliding_window));
            const Layer layer{.tokens = 30, .sliding_window = sliding_window};
            const double kept = testing_support::kept_keys(gate, layer).sum().item<double>();
            EXPECT_EQ(tallied(gate, layer, 7), kept);
            EXPECT_EQ(tallied(gate, layer, 30), kept);
        }
}

TEST(PairTally, CountsHeadsUnderTheGateThatReadKeys) {
    const Layer layer{.tokens = 30};
    EXPECT_EQ(tallied("oracle:k=1@1/0,2", layer, 7), 60);
    EXPECT_EQ(tallied("oracle:k=1@1/0+block:b=1,n=1@1/3", layer, 7), 60);
    EXPECT_EQ(tallied("window:sinks=0,local=1@1/1", layer, 7), 30);
    EXPECT_EQ(tallied("oracle:k=1@0", layer, 7), 0);
    EXPECT_EQ(tallied("linear@1/0+ablate-zero@1/1", layer, 7), 0);
}

}  // namespace
}  // namespace gatescope
