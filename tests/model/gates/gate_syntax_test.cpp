#include "model/gates/gate_syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
    try {
        (void)parse_gate(text);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUsage);
        return failure.what();
    }
    return "accepted";
}

TEST(GateSyntax, ReadsIdValuesLayersAndHeads) {
    const GateSpec gate = parse_gate("window:sinks=4,local=60@2-5,7/0,3");
    ASSERT_EQ(gate.terms.size(), 1u);
    const GateTerm& term = gate.terms[0];
    EXPECT_EQ(term.id, "window");
    EXPECT_EQ(integer(term.values, "sinks"), 4);
    EXPECT_EQ(integer(term.values, "local"), 60);
    EXPECT_EQ(term.layers.print(), "2-5,7");
    EXPECT_EQ(term.heads.print(), "0,3");
}

TEST(GateSyntax, PrintsWhatItParses) {
    for (const char* text :
         {"dense", "oracle:k=64", "window:sinks=4,local=60", "window:local=8", "uniform:k=64,seed=7",
          "strided:k=64,sinks=2,local=3@0-3", "oracle:k=16@0-3+oracle:k=64@4-29", "oracle:k=16@all/1-2"})
        EXPECT_EQ(print_gate(parse_gate(text)), text);
}

TEST(GateSyntax, DefaultsAreLeftOutInPrintAndRequiredOnesStay) {
    EXPECT_EQ(print_gate(parse_gate("oracle:local=0,k=64,sinks=0")), "oracle:k=64");
    EXPECT_EQ(print_gate(parse_gate("window:local=64")), "window:local=64");
    EXPECT_EQ(print_gate(GateSpec{}), "dense");
}

TEST(GateSyntax, AGateThatTrainsMayLackItsFileAndNothingElse) {
    const GateSpec gate = parse_trained_gate("learned:k=8,sinks=2@0+soft-learned@1-3+oracle:k=4@4");
    EXPECT_TRUE(lacks_file(gate.terms[0]) && lacks_file(gate.terms[1]));
    EXPECT_FALSE(lacks_file(gate.terms[2]));
    EXPECT_EQ(print_gate(gate), "learned:k=8,sinks=2@0+soft-learned@1-3+oracle:k=4@4");
    EXPECT_FALSE(lacks_file(parse_trained_gate("soft-learned:file=g.safetensors").terms[0]));
    EXPECT_THROW((void)parse_gate("soft-learned"), Failure);
    EXPECT_THROW((void)parse_trained_gate("learned"), Failure);
    EXPECT_THROW((void)parse_trained_gate("soft-learned:file="), Failure);
    EXPECT_THROW((void)parse_trained_gate("learned:k=4,sinks=5"), Failure);
}

TEST(GateSyntax, QuotesAroundAValueAreNoPartOfIt) {
    EXPECT_EQ(integer(parse_gate("oracle:k=\"12\"").terms[0].values, "k"), 12);
}

TEST(GateSyntax, AnUnknownGateGetsTheNearestName) {
    EXPECT_THAT(refusal("orcale:k=3"), HasSubstr("did you mean oracle?"));
    EXPECT_THAT(refusal("orcale:k=3"), HasSubstr("known: dense, oracle"));
}

TEST(GateSyntax, AnUnknownKeyGetsTheNearestName) {
    EXPECT_THAT(refusal("oracle:k=3,sink=1"), HasSubstr("did you mean sinks?"));
    EXPECT_THAT(refusal("dense:k=3"), HasSubstr("dense takes no parameters"));
}

TEST(GateSyntax, ForcedKeysBeyondKAreNamedWithTheirNumbers) {
    EXPECT_THAT(refusal("oracle:k=8,sinks=5,local=4"), HasSubstr("sinks (5) + local (4) are more than k (8)"));
    EXPECT_THAT(refusal("strided:k=8,sinks=5,local=4"), HasSubstr("more than k (8)"));
    EXPECT_EQ(refusal("oracle:k=9,sinks=5,local=4"), "accepted");
}

TEST(GateSyntax, MalformedTextIsRefusedWithAHint) {
    for (const char* text : {"",
                             "+",
                             "oracle",
                             "oracle:",
                             "oracle:k",
                             "oracle:k=",
                             "oracle:k=64,",
                             "oracle:k=64,k=3",
                             "oracle:k=0",
                             "oracle:k=-1",
                             "oracle:k=x",
                             "oracle:k=1e3",
                             "oracle:k=64@",
                             "oracle:k=64@2/",
                             "oracle:k=64@/2",
                             "oracle:k=64@5-2",
                             "oracle:k=64@x",
                             "oracle:k=64+",
                             "oracle:k=\"64",
                             "window:sinks=4",
                             "window:local=0",
                             "oracle:k=99999999999999999999",
                             " oracle:k=64",
                             "Oracle:k=64",
                             ":k=64",
                             "@2"}) {
        const std::string line = refusal(text);
        EXPECT_NE(line, "accepted") << text;
        EXPECT_THAT(line, testing::ContainsRegex("; ")) << text;
    }
}

TEST(GateSyntax, ALaterTermTakesTheHeadsItNames) {
    const GateSpec gate = parse_gate("oracle:k=16+oracle:k=64@4-9/1+dense@5");
    EXPECT_EQ(integer(gate.term_for(0, 0)->values, "k"), 16);
    EXPECT_EQ(integer(gate.term_for(4, 1)->values, "k"), 64);
    EXPECT_EQ(integer(gate.term_for(4, 0)->values, "k"), 16);
    EXPECT_EQ(gate.term_for(5, 1), nullptr);
    EXPECT_FALSE(gate.dense());
    EXPECT_TRUE(parse_gate("dense").dense());
}

TEST(GateSyntax, LayersAndHeadsAreCheckedAgainstTheModel) {
    EXPECT_NO_THROW(check_gate(parse_gate("oracle:k=4@0-5/0-3"), 6, 4));
    EXPECT_THROW(check_gate(parse_gate("oracle:k=4@6"), 6, 4), Failure);
    EXPECT_THROW(check_gate(parse_gate("oracle:k=4@1/4"), 6, 4), Failure);
    EXPECT_THROW(check_gate(parse_gate("dense+oracle:k=4@99"), 6, 4), Failure);
}

TEST(GateSyntax, ASweepSetsTheBudgetOfEveryTermThatHasOne) {
    EXPECT_EQ(print_gate(with_budget(parse_gate("oracle:k=64+uniform:k=8@1"), 16)), "oracle:k=16+uniform:k=16@1");
    EXPECT_EQ(print_gate(with_budget(parse_gate("window:sinks=4,local=60"), 16)), "window:sinks=4,local=12");
    EXPECT_EQ(print_gate(with_budget(parse_gate("dense"), 16)), "dense");
    EXPECT_THROW(with_budget(parse_gate("window:sinks=4,local=60"), 3), Failure);
    EXPECT_THROW(with_budget(parse_gate("oracle:k=64,sinks=8"), 4), Failure);
    EXPECT_THROW(with_budget(parse_gate("oracle:k=64"), 0), Failure);
}

TEST(GateSyntax, BudgetIsTheNumberOfKeysATermAllows) {
    EXPECT_EQ(budget_of(parse_gate("oracle:k=64").terms[0], 512), 64);
    EXPECT_EQ(budget_of(parse_gate("window:sinks=4,local=60").terms[0], 512), 64);
    EXPECT_EQ(budget_of(parse_gate("dense").terms[0], 512), 512);
}

}  // namespace
}  // namespace gatescope
