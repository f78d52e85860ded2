#include "app/engine/experiments/outcome_json.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/expect_refusal.h"

namespace gatescope {
namespace {

using nlohmann::json;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

ExperimentPlan plan_in(const std::string& folder) {
    ExperimentPlan out;
    out.folder = folder;
    out.course.config.n_layers = 2;
    return out;
}

Work measuring_in(const std::string& folder) {
    return MeasureWork{default_recipe(), {"learned:k=4,file=" + folder + "/a-gate/gate.safetensors"}, true};
}

StepOutcome measured(const Work& work) {
    StepOutcome out;
    out.step = "a";
    out.done = true;
    out.seconds = 0.1 + 0.2;
    out.device = "cpu";
    for (const std::string& gate : {std::string("dense"), std::get<MeasureWork>(work).gates[0]}) {
        GateOutcome one;
        one.gate = gate;
        one.sparsity = 1.0 / 3;
        one.estimate = {1.25, std::exp(1.25), kNone, 3.1, std::numeric_limits<double>::infinity(), 62, 2};
        one.window_nll = {1.2, 1.3};
        one.window_tokens = {31, 31};
        out.gates.push_back(one);
    }
    out.by_layer = {{"mass_at_4", {0.5, kNone}}};
    return out;
}

StepOutcome there_and_back(const std::string& text, const Work& work, const std::string& folder) {
    return parse_outcome(text, work, plan_in(folder), "outcome.json");
}

TEST(OutcomeJson, NumbersComeBackToTheBit) {
    const Work work = measuring_in("/x");
    const StepOutcome outcome = measured(work);
    const std::string text = print_outcome(outcome, work, plan_in("/x"));
    const StepOutcome back = there_and_back(text, work, "/x");
    EXPECT_EQ(print_outcome(back, work, plan_in("/x")), text);
    EXPECT_TRUE(back.done);
    EXPECT_EQ(back.seconds, outcome.seconds);
    EXPECT_EQ(back.gates.at(1).gate, outcome.gates.at(1).gate);
    EXPECT_EQ(back.gates.at(1).sparsity, outcome.gates.at(1).sparsity);
    EXPECT_TRUE(std::isnan(back.gates.at(1).f1));
    EXPECT_TRUE(std::isinf(back.gates.at(0).estimate.high));
    EXPECT_TRUE(std::isnan(back.by_layer.at("mass_at_4").at(1)));
}

TEST(OutcomeJson, AMovedFoldersGatesAreNamedWhereTheyAreNow) {
    const Work there = measuring_in("/x"), here = measuring_in("/y");
    const std::string text = print_outcome(measured(there), there, plan_in("/x"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("/x/")));
    EXPECT_EQ(there_and_back(text, here, "/y").gates.at(1).gate, std::get<MeasureWork>(here).gates[0]);
}

TEST(OutcomeJson, OfOtherWorkItIsRefused) {
    const Work work = measuring_in("/x");
    const std::string text = print_outcome(measured(work), work, plan_in("/x"));
    Work other = work;
    std::get<MeasureWork>(other).gates[0] += ",sinks=1";
    expect_refusal(FailureKind::kBadFile, "outcome.json: is of other work",
                   [&] { (void)there_and_back(text, other, "/x"); });
    std::get<MeasureWork>(other) = std::get<MeasureWork>(work);
    set_field(std::get<MeasureWork>(other).recipe, "train.window", "17");
    expect_refusal(FailureKind::kBadFile, "is of other work", [&] { (void)there_and_back(text, other, "/x"); });
}

// Whatever reads outcomes may count on what they hold.
TEST(OutcomeJson, WhatLacksSomethingIsRefusedByName) {
    const Work work = measuring_in("/x");
    const json whole = json::parse(print_outcome(measured(work), work, plan_in("/x")));
    const auto refused = [&](const std::string& what, const auto& damage) {
        json damaged = whole;
        damage(damaged);
        SCOPED_TRACE(damaged.dump());
        expect_refusal(FailureKind::kBadFile, what, [&] { (void)there_and_back(damaged.dump(), work, "/x"); });
    };
    for (const auto& [key, value] : whole.items())
        refused("outcome.json", [name = key](json& from) { from.erase(name); });
    refused("has 1 gates", [](json& from) { from["gates"].erase(1); });
    refused("lacks layers", [](json& from) { from["by_layer"]["mass_at_4"] = {0.5}; });
    refused("lacks the concentration", [](json& from) { from["by_layer"] = json::object(); });
    refused("lacks windows", [](json& from) {
        from["gates"][1]["window_nll"] = {1.0};
        from["gates"][1]["window_tokens"] = {31};
    });
    refused("tokens of other windows", [](json& from) { from["gates"][0]["window_tokens"] = {31}; });
    refused("outcome.json", [](json& from) { from["gates"][0]["nll"] = "nothing"; });
    refused("outcome.json", [](json& from) { from["gates"] = 3; });
}

TEST(OutcomeJson, ARunsOutcomeHasItsCurve) {
    const Work work = TrainWork{default_recipe()};
    StepOutcome outcome;
    outcome.step = "a";
    auto curve = std::make_shared<TrainCurve>();
    curve->name = "a";
    curve->step = {0, 5};
    curve->series["loss"] = {kNone, 3.5};
    outcome.curves = {curve};
    const json whole = json::parse(print_outcome(outcome, work, plan_in("/x")));
    const StepOutcome back = there_and_back(whole.dump(), work, "/x");
    EXPECT_EQ(back.curves.at(0)->step, curve->step);
    EXPECT_EQ(back.curves.at(0)->series.at("loss").at(1), 3.5);
    json damaged = whole;
    damaged["curves"][0]["series"]["loss"] = {1.0};
    expect_refusal(FailureKind::kBadFile, "series loss", [&] { (void)there_and_back(damaged.dump(), work, "/x"); });
    damaged["curves"] = json::array();
    expect_refusal(FailureKind::kBadFile, "lacks a curve", [&] { (void)there_and_back(damaged.dump(), work, "/x"); });
}

}  // namespace
}  // namespace gatescope
