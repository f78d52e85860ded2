// Sweeps and sensitivity maps of the whole engine: real passes on a tiny random model, real captures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "captures/capture.h"
#include "tests/app/engine/engine_fixture.h"

namespace gatescope {
namespace {

class EngineLab : public EngineFixture {
  protected:
    std::shared_ptr<const RunResult> swept(const std::vector<std::int64_t>& budgets, const std::string& name) {
        StartSweep command;
        command.request.gates = {parse_gate("random:k=4"), parse_gate("block:b=4,n=1")};
        command.request.budgets[Swept::kKeys] = budgets;
        command.request.window_length = 24;  // other windows than the session's
        command.request.windows = 3;
        command.path = path(name);
        session_->send(command);
        wait([&](const Snapshot& snapshot) {
            return snapshot.sweep && snapshot.sweep->complete && snapshot.sweep_path == path(name) &&
                   snapshot.sweep->gates.size() == 2 * budgets.size() && snapshot.jobs.empty() &&
                   !snapshot.messages.empty() &&
                   snapshot.messages.back().text ==
                       "Swept " + std::to_string(2 * budgets.size()) + " points into " + name;
        });
        return read_capture(path(name));
    }
};

TEST_F(EngineLab, ASweepThatGoesOnInItsCaptureEndsWithTheNumbersOfOneThatWasNeverStopped) {
    swept({4}, "resumed.h5");
    const auto resumed = swept({4, 8}, "resumed.h5"), whole = swept({4, 8}, "whole.h5");
    ASSERT_EQ(resumed->gates.size(), whole->gates.size());
    EXPECT_EQ(resumed->dense.estimate.nll, whole->dense.estimate.nll);
    for (std::size_t n = 0; n < whole->gates.size(); ++n) {
        const GateResult &one = resumed->gates[n], &other = whole->gates[n];
        EXPECT_EQ(print_gate(one.gate), print_gate(other.gate));
        EXPECT_EQ(one.perplexity.estimate.nll, other.perplexity.estimate.nll);
        EXPECT_EQ(one.from_dense.standard_error, other.from_dense.standard_error);
        EXPECT_EQ(one.sparsity, other.sparsity);
        EXPECT_THAT(one.agreement.at("f1").values,
                    testing::Pointwise(testing::NanSensitiveFloatEq(), other.agreement.at("f1").values));
    }
}

TEST_F(EngineLab, ASweepOfOtherWindowsIsNotMixedIntoACapture) {
    swept({4}, "sweep.h5");
    StartSweep command;
    command.request.gates = {parse_gate("oracle:k=4")};
    command.request.budgets[Swept::kKeys] = {4};
    command.request.window_length = 16;
    command.path = path("sweep.h5");
    session_->send(command);
    const Picture picture = wait([](const Snapshot& snapshot) {
        return !snapshot.messages.empty() && snapshot.messages.back().severity == Severity::kError;
    });
    EXPECT_THAT(picture->messages.back().text, testing::HasSubstr("was made with --window 24, not 16"));
}

TEST_F(EngineLab, ASensitivityMapEndsWithAMeasuredProposalThatIsAGateOfTheSession) {
    StartSensitivity command;
    command.request.gate = parse_gate("oracle:k=8").terms.front();
    command.request.budgets = {2, 4, 8};
    command.request.mean_budget = 4;
    command.request.window_length = 24;
    command.request.each_head = true;
    command.request.head_budget = 2;
    session_->send(command);
    const Picture picture = wait([](const Snapshot& snapshot) {
        return snapshot.sensitivity && snapshot.sensitivity->done == snapshot.sensitivity->total &&
               snapshot.jobs.empty();
    });
    ASSERT_TRUE(picture->sensitivity->proposal);
    const BudgetProposal& proposal = *picture->sensitivity->proposal;
    EXPECT_FALSE(std::isnan(proposal.measured.nll));
    EXPECT_FALSE(std::isnan(picture->sensitivity->head_cost.back().nll));
    session_->send(SetGate{GateSlot::kB, print_gate(proposal.gate)});
    const Picture gated = wait([](const Snapshot& snapshot) { return snapshot.gate_b && snapshot.run->complete; });
    EXPECT_EQ(gated->run->sensitivity, gated->sensitivity);
}

TEST_F(EngineLab, AGateThatIsTrainedAnewIntoItsFileIsMeasuredAnew) {
    StartDistillation training;
    training.request.k = 4;
    training.request.gate_dim = 4;
    training.request.steps = 2;
    training.request.window_length = 16;
    training.request.held_out_windows = 1;
    training.request.sinks = 0;
    training.request.local = 1;
    training.request.text = path("text.txt");
    training.request.out = path("gate.safetensors");
    training.overwrite = true;
    const auto trained = [&](std::int64_t seed) {
        training.request.seed = seed;
        session_->send(training);
        return wait([&](const Snapshot& snapshot) {
            return snapshot.distillation && snapshot.distillation->request.seed == seed &&
                   snapshot.distillation->status == "done" && snapshot.jobs.empty();
        });
    };
    const std::string gate = trained(1)->distillation->deployed;
    StartSensitivity map;
    map.request.gate = parse_gate(gate).terms.front();
    map.request.budgets = {2, 4};
    map.request.mean_budget = 2;
    map.request.window_length = 24;
    const auto mapped = [&](const std::shared_ptr<const SensitivityResult>& before) {
        session_->send(map);
        return wait([&](const Snapshot& snapshot) {
            return snapshot.sensitivity && snapshot.sensitivity != before &&
                   snapshot.sensitivity->done == snapshot.sensitivity->total && snapshot.jobs.empty();
        });
    };
    session_->send(SetGate{GateSlot::kA, gate});
    wait([](const Snapshot& snapshot) { return snapshot.gate_a && snapshot.run->complete; });
    const Picture first = mapped(nullptr);
    trained(2);
    const Picture second = mapped(first->sensitivity);
    EXPECT_NE(second->sensitivity->layer_cost[0].nll, first->sensitivity->layer_cost[0].nll);
    const auto of_gate = [](const Picture& picture) { return picture->run->gates.at(picture->gate_a.value()); };
    EXPECT_NE(of_gate(second).file_sha256, of_gate(first).file_sha256);
    EXPECT_NE(of_gate(second).perplexity.estimate.nll, of_gate(first).perplexity.estimate.nll);
}

}  // namespace
}  // namespace gatescope
