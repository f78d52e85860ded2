// What every gate promises, chosen by its traits.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "tests/model/gates/gate_fixture.h"
#include "tests/support/gate_file_bytes.h"
#include "tests/support/key_sets_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing_support::gated_pattern;
using testing_support::kept_keys;
using testing_support::Layer;

class EveryGate : public testing::TestWithParam<GateInfo> {
  protected:
    const GateInfo& info() const { return GetParam(); }
    // The gate with a budget of k, and what else it demands.
    std::string with_k(std::int64_t k, const std::string& more = {}) const {
        std::string out = info().id, separator = ":";
        for (const ParamSpec& spec : info().params) {
            if (!spec.required || more.starts_with(spec.key + "=")) continue;
            out += separator + spec.key + "=" + demanded(spec, k);
            separator = ",";
        }
        if (!more.empty()) out += separator + more;
        return print_gate(with_budget(parse_gate(out), k));
    }
    // Small blocks and ranks, and a file that fits the fixture's layers.
    std::string demanded(const ParamSpec& spec, std::int64_t k) const {
        if (spec.key == "b") return "3";
        if (spec.key == "r") return "2";
        if (spec.kind != ParamKind::kFile) return print_value(spec.initial);
        if (info().id == "keys")
            return "\"" + write_file(folder_ / "keys.npy", last_keys_npy({.windows = 3, .slots = k})).string() + "\"";
        const std::string bytes = gate_file_bytes(gate_file_shape_of(info().id));
        return "\"" + write_file(folder_ / "gate.safetensors", bytes).string() + "\"";
    }
    bool takes(const std::string& key) const {
        for (const ParamSpec& spec : info().params)
            if (spec.key == key) return true;
        return false;
    }

    TemporaryFolder folder_;
};

TEST_P(EveryGate, LaterTokensDoNotChangeEarlierSets) {
    if (!info().traits.causal) GTEST_SKIP() << info().id << " is not causal";
    Layer longer{.tokens = 40};
    GateRun run = testing_support::ready_run(with_k(5), longer);
    const LayerInput whole = longer.input();
    const at::Tensor scores = longer.scores(whole);
    LayerInput cut = whole;
    cut.x_TD = whole.x_TD.narrow(0, 0, 25);
    cut.q_HTE = whole.q_HTE.narrow(1, 0, 25);
    cut.k_GTE = whole.k_GTE.narrow(1, 0, 25);
    cut.v_GTE = whole.v_GTE.narrow(1, 0, 25);
    const QueryBlock block{20, 25, scores.slice(1, 20, 25).slice(2, 0, 25), 0};
    const GateContext context{.window = 0, .nominal_window = 40, .step = 0, .ids = {}};
    run.prepare(whole, context);
    const GatedBlock first = run.apply(block);
    run.prepare(cut, context);
    const GatedBlock second = run.apply(block);
    EXPECT_EQ(first.keep_HQK.defined(), second.keep_HQK.defined());
    if (first.keep_HQK.defined()) {
        EXPECT_TRUE(at::equal(first.keep_HQK, second.keep_HQK));
    }
    EXPECT_TRUE(at::allclose(first.scores_HQK, second.scores_HQK, 1e-5, 1e-5));
}

TEST_P(EveryGate, NoQueryIsWithoutAKeyAndNoneUsesAForbiddenOne) {
    for (const std::int64_t sliding_window : {0, 6}) {
        const Layer layer{.tokens = 40, .sliding_window = sliding_window};
        const at::Tensor kept = kept_keys(with_k(3), layer);
        EXPECT_TRUE(kept.any(-1).all().item<bool>());
        EXPECT_FALSE(kept.logical_and(layer.allowed().logical_not()).any().item<bool>());
    }
}

TEST_P(EveryGate, KeepsEverythingWhereKIsEnough) {
    const Layer layer{.tokens = 24};
    EXPECT_TRUE(at::equal(kept_keys(with_k(24), layer), layer.allowed().expand({4, 24, 24})));
    const at::Tensor few = kept_keys(with_k(9), layer).slice(1, 0, 9);
    EXPECT_TRUE(at::equal(few, layer.allowed().expand({4, 24, 24}).slice(1, 0, 9)));
}

TEST_P(EveryGate, KeepsExactlyK) {
    if (!info().traits.hard || info().traits.adds_forced_keys || info().granularity != "token")
        GTEST_SKIP() << info().id << " does not keep exactly k";
    const at::Tensor kept = kept_keys(with_k(7), Layer{.tokens = 40});
    EXPECT_TRUE(kept.sum(-1).slice(1, 7, 40).eq(7).all().item<bool>());
}

TEST_P(EveryGate, SinksAndLocalKeysAreInTheSet) {
    if (!takes("sinks") || !takes("local")) GTEST_SKIP() << info().id << " forces no keys";
    const std::string gate = info().id == "window" ? "window:sinks=2,local=3" : with_k(8, "sinks=2,local=3");
    const at::Tensor kept = kept_keys(gate, Layer{.tokens = 40});
    EXPECT_TRUE(kept.slice(1, 2, 40).slice(2, 0, 2).all().item<bool>());
    for (std::int64_t back = 0; back < 3; ++back) EXPECT_TRUE(kept.diagonal(-back, 1, 2).all().item<bool>()) << back;
}

TEST_P(EveryGate, TheSameSeedKeepsTheSameKeys) {
    const Layer layer{.tokens = 40};
    EXPECT_TRUE(at::equal(kept_keys(with_k(5), layer, 2), kept_keys(with_k(5), layer, 2)));
    if (!info().traits.seeded) return;
    EXPECT_TRUE(at::equal(gated_pattern(with_k(5, "seed=1"), layer), gated_pattern(with_k(5, "seed=1"), layer)));
    EXPECT_FALSE(at::equal(gated_pattern(with_k(5, "seed=1"), layer), gated_pattern(with_k(5, "seed=2"), layer)));
}

TEST_P(EveryGate, BlocksOfQueriesDoNotShow) {
    const Layer layer{.tokens = 40};
    EXPECT_TRUE(at::equal(kept_keys(with_k(5), layer, 0, 7), kept_keys(with_k(5), layer, 0, 40)));
}

TEST_P(EveryGate, OneHeadAloneKeepsWhatItKeepsAmongAll) {
    const Layer layer{.tokens = 40};
    GateRun run = testing_support::ready_run(with_k(5), layer);
    const LayerInput input = layer.input();
    const at::Tensor scores = layer.scores(input);
    run.prepare(input, {.window = 0, .nominal_window = 40, .step = 0, .ids = {}});
    const GatedBlock all = run.apply({0, 40, scores, 0});
    const GatedBlock alone = run.apply({0, 40, scores.narrow(0, 2, 1), 2});
    ASSERT_EQ(all.keep_HQK.defined(), alone.keep_HQK.defined());
    if (all.keep_HQK.defined()) {
        EXPECT_TRUE(at::equal(all.keep_HQK.narrow(0, 2, 1), alone.keep_HQK));
    }
    EXPECT_TRUE(at::allclose(all.scores_HQK.narrow(0, 2, 1), alone.scores_HQK, 1e-5, 1e-5));
}

INSTANTIATE_TEST_SUITE_P(Gates, EveryGate, testing::ValuesIn(gate_infos()), [](const auto& suite) {
    std::string name = suite.param.id;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
}  // namespace gatescope
