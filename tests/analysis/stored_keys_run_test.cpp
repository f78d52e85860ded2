// A run's own key sets, played back: the same losses to the last bit.
#include <gtest/gtest.h>

#include <cmath>

#include "model/core/error.h"
#include "model/gates/stored_keys.h"
#include "tests/analysis/measurement_fixture.h"
#include "tests/support/key_sets_bytes.h"
#include "tests/support/safetensors_bytes.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

std::string npy_of_sets(const KeySets& sets) {
    const auto text = [](std::int64_t size) { return std::to_string(size) + ", "; };
    return npy_of(
        "<i4",
        "(" + text(sets.windows) + text(sets.layers) + text(sets.heads) + text(sets.queries) + text(sets.slots) + ")",
        sets.keys);
}

class PlayedBack : public testing::Test {
  protected:
    // The gate's sets of all windows as a file, and the gate that plays them.
    GateSpec played(const GateResult& result) {
        write_file(path_, npy_of_sets(*result.masks));
        return with_stored_keys(parse_gate("keys:file=\"" + path_.string() + "\""), world_.model->config(), {});
    }
    std::shared_ptr<const RunResult> run(const std::vector<GateSpec>& gates) {
        RunRequest request = world_.request();
        request.gates = gates;
        request.masks = true;
        request.mask_windows = 4;
        return world_.finished(request);
    }

    TinyWorld world_;
    std::filesystem::path path_ = world_.folder / "keys.npy";
};

TEST_F(PlayedBack, TheSetsOfARunGiveItsLossesToTheLastBit) {
    for (const char* gate : {"oracle:k=4", "strided:k=5", "block:b=4,n=2"}) {
        SCOPED_TRACE(gate);
        const auto first = run({parse_gate(gate)});
        const auto again = run({played(first->gates[0])});
        const GateResult &wanted = first->gates[0], &got = again->gates[0];
        for (std::size_t window = 0; window < 4; ++window)
            for (std::size_t token = 1; token < wanted.perplexity.token_nll[window].size(); ++token)
                EXPECT_EQ(got.perplexity.token_nll[window][token], wanted.perplexity.token_nll[window][token]);
        EXPECT_EQ(got.masks->keys, wanted.masks->keys);
        EXPECT_EQ(got.sparsity, wanted.sparsity);
        EXPECT_EQ(got.cost.flops, wanted.cost.flops);
    }
}

TEST_F(PlayedBack, AgreementTakesTheLongestSetForK) {
    const auto first = run({parse_gate("oracle:k=4")});
    const auto again = run({played(first->gates[0])});
    for (const char* figure : {"precision", "recall", "f1", "captured_mass"})
        EXPECT_EQ(again->gates[0].agreement.at(figure).values, first->gates[0].agreement.at(figure).values) << figure;
}

TEST_F(PlayedBack, MoreWindowsThanThereAreSetsForAreRefusedBeforeTheFirst) {
    RunRequest request = world_.request({"oracle:k=4"});
    request.masks = true;
    const GateSpec one_window = played(world_.finished(request)->gates[0]);
    EXPECT_THROW((void)run({one_window}), Failure);
    request.masks = false;
    request.gates = {one_window};
    request.windows = 1;
    EXPECT_TRUE(world_.finished(request)->complete);
}

TEST_F(PlayedBack, TheMapShowsTheStoredKeys) {
    const auto first = run({parse_gate("oracle:k=4")});
    const GateSpec gate = played(first->gates[0]);
    RunRequest request = world_.request();
    request.gates = {gate};
    const auto measurement = world_.measurement(request);
    const GateSpec asked = parse_gate(print_gate(gate)), oracle = parse_gate("oracle:k=4");
    const auto map = measurement->pattern(0, 0, 1, &asked, &oracle, world_.job);
    EXPECT_EQ(map->kept_a, map->kept_b);
}

}  // namespace
}  // namespace gatescope
