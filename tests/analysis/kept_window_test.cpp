// The map that is made again from kept queries and keys against the one that the layer itself worked with.
#include "analysis/kept_window.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "model/transformer/attention.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

constexpr std::int64_t kTokens = 90;

LayerInput layer_of(KeyReach reach, double softcap) {
    LayerInput input;
    input.x_TD = random_tensor({kTokens, 12}, 4);
    input.q_HTE = random_tensor({6, kTokens, 14}, 1).mul(2);
    input.k_GTE = random_tensor({2, kTokens, 14}, 2).mul(2);
    input.v_GTE = random_tensor({2, kTokens, 14}, 3);
    input.scale = 0.35;
    input.softcap = softcap;
    input.reach = reach;
    return input;
}

// Probabilities of one head, [tokens, tokens] row by row.
struct OneHead : Observer {
    bool wants_blocks(std::int64_t) const override { return true; }
    void on_block(const PatternBlock& block) override {
        for (std::int64_t query = block.query_begin; query < block.query_end; ++query)
            for (std::int64_t key = 0; key < block.pattern_HQK.size(2); ++key)
                pattern[static_cast<std::size_t>(query * kTokens + key)] =
                    block.pattern_HQK[4][query - block.query_begin][key].item<float>();
    }
    std::vector<float> pattern = std::vector<float>(kTokens * kTokens, 0.0F);
};

TEST(KeptWindow, HeadPatternIsTheOneThatTheLayerWorkedWith) {
    const KeyReach reaches[] = {{}, {.sliding_window = 20}, {.causal = false}};
    for (const KeyReach& reach : reaches)
        for (const double softcap : {0.0, 1.5}) {
            const LayerInput input = layer_of(reach, softcap);
            OneHead head;
            std::vector<Observer*> observers = {&head};
            AttentionScratch scratch;
            JobContext job;
            attend(input, {nullptr, observers}, scratch, job);
            KeepingRecorder recorder(false, std::nullopt);
            recorder.begin_window(0, std::vector<std::int32_t>(kTokens, 1));
            recorder.on_layer(input);
            recorder.commit();
            const std::vector<float> again = head_pattern(*recorder.kept(), 0, 4);
            ASSERT_EQ(again.size(), head.pattern.size());
            float worst = 0;
            for (std::size_t n = 0; n < again.size(); ++n)
                worst = std::max(worst, std::abs(again[n] - head.pattern[n]));
            EXPECT_LT(worst, 2e-6F) << "causal " << reach.causal << ", window " << reach.sliding_window << ", cap "
                                    << softcap;
        }
}

}  // namespace
}  // namespace gatescope
