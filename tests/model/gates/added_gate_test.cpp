// Adding a gate is one entry in the list: here a test brings the list, ours and one more, and the gate is there for the
// syntax, the budget, the descriptions that window, command line and captures are made of, and a run.
#include <ATen/ops/arange.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/gates/budgets.h"
#include "model/gates/gate_params.h"
#include "tests/model/gates/gate_fixture.h"

namespace gatescope {
namespace {

// Keeps the k oldest keys.
class Oldest final : public Gate {
  public:
    GateEffect apply(const QueryBlock& block) const override {
        return KeyRanking{at::arange(block.scores_HQK.size(2), block.scores_HQK.options())
                              .neg()
                              .expand({1, block.scores_HQK.size(1), -1})};
    }
};

GateEntry oldest_gate() {
    GateEntry entry;
    entry.info = {.id = "oldest",
                  .label = "Oldest keys",
                  .help = "Keeps the k oldest keys.",
                  .granularity = "token",
                  .source = "a test",
                  .params = {keys_param(), sinks_param(), local_param()},
                  .traits = {}};
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<Oldest>(); };
    entry.budget = keys_budget;
    entry.set_budget = set_keys_budget;
    return entry;
}

}  // namespace

const std::vector<GateEntry>& gate_entries() {
    static const std::vector<GateEntry> entries = [] {
        std::vector<GateEntry> all = our_gates();
        all.push_back(oldest_gate());
        return all;
    }();
    return entries;
}

namespace {

TEST(AnAddedGate, IsAmongTheGatesThatEverythingIsMadeFrom) {
    EXPECT_EQ(gate_infos().size(), our_gates().size() + 1);
    EXPECT_EQ(gate_infos().back().id, "oldest");
    EXPECT_EQ(gate_info("oldest").help, "Keeps the k oldest keys.");
}

TEST(AnAddedGate, HasSyntaxAndBudget) {
    const GateSpec gate = parse_gate("oracle:k=4+oldest:k=8,local=2@1/0-2");
    EXPECT_EQ(print_gate(gate), "oracle:k=4+oldest:k=8,local=2@1/0-2");
    EXPECT_EQ(print_gate(with_budget(gate, 6)), "oracle:k=6+oldest:k=6,local=2@1/0-2");
    EXPECT_THROW((void)parse_gate("oldest:k=0"), Failure);
}

TEST(AnAddedGate, Runs) {
    const at::Tensor kept = testing_support::kept_keys("oldest:k=3", testing_support::Layer{.tokens = 12});
    EXPECT_TRUE(kept.slice(1, 3, 12).slice(2, 0, 3).all().item<bool>());
    EXPECT_TRUE(kept.sum(-1).slice(1, 3, 12).eq(3).all().item<bool>());
}

}  // namespace
}  // namespace gatescope
