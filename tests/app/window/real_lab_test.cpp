// The gate lab's panels on the real engine: a random Llama of a few thousand parameters, trained, swept and measured by
// what a user clicks.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "app/window/session_engine.h"
#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/speaking_llama.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Picture = std::shared_ptr<const Snapshot>;
constexpr std::chrono::seconds kLongest{240};

class RealLab : public testing::Test {
  protected:
    RealLab() {
        setenv("XDG_CACHE_HOME", (files_.path() / "cache").c_str(), 1);
        speaking_llama({}).write(files_.path() / "small.gguf");
        std::ofstream text(files_.path() / "text.txt");
        for (int n = 0; n < 400; ++n) text << "the " << n << "th of the aaaa; ";
        text.close();
        Settings settings;
        settings.model_path = path("small.gguf");
        settings.text_path = path("text.txt");
        settings.window_length = 64, settings.windows = 3;
        settings.device = "cpu";
        settings.gate_a = "oracle:k=8", settings.gate_b = "window:sinks=2,local=6";
        engine_ = std::make_unique<SessionEngine>(settings, [] {});
        ViewState view;
        view.layout = LayoutId::kRuns;
        view.lab.distill.text = path("text.txt");
        view.lab.distill.out = path("gate.safetensors");
        view.lab.distill.k = "8", view.lab.distill.sinks = "1", view.lab.distill.local = "2";
        view.lab.distill.gate_dim = "4", view.lab.distill.steps = "60";
        view.lab.sweep.budgets[Swept::kKeys] = "4,8,16", view.lab.sweep.windows = "3",
        view.lab.sweep.path = path("sweep.h5");
        view.lab.sensitivity.gate = "oracle:k=8";
        view.lab.sensitivity.budgets[Swept::kKeys] = {"2,8,32", "8", "16"};
        window_ = std::make_unique<WindowHarness>(*engine_, HarnessOptions{}, view);
        until([](const Snapshot& now) { return now.run && now.run->complete && now.jobs.empty(); });
    }
    std::string path(const std::string& name) const { return (files_.path() / name).string(); }
    Picture until(const std::function<bool(const Snapshot&)>& wanted) {
        window_->frames(2);
        Picture found = engine_->session().wait(wanted, kLongest);
        if (found == nullptr) {
            std::string said;
            const Picture last = engine_->snapshot();
            for (const Message& message : last->messages) said += message.text + "\n";
            ADD_FAILURE() << "never came about; the engine said:\n" << said;
        }
        window_->settle();
        return found ? found : engine_->snapshot();
    }
    void click(const std::string& item) {
        ASSERT_TRUE(window_->act("step " + std::to_string(++steps_),
                                 [&](ImGuiTestContext* test) { test->ItemClick(item.c_str()); }));
    }

    TemporaryFolder files_;
    std::unique_ptr<SessionEngine> engine_;
    std::unique_ptr<WindowHarness> window_;
    int steps_ = 0;
};

TEST_F(RealLab, TrainsAGateThatIsUsedWithOneClick) {
    click("//Distillation/**/Start");
    const Picture trained = until([](const Snapshot& now) {
        return now.distillation && now.distillation->status == "done" && !now.distillation->deployed.empty();
    });
    ASSERT_NE(trained->distillation, nullptr);
    ASSERT_NE(trained->distillation->learned, nullptr);
    const auto& loss = trained->distillation->learned->series.at("loss");
    EXPECT_LT(loss.back(), loss.front());
    EXPECT_TRUE(std::filesystem::exists(path("gate.safetensors")));
    click("//Distillation/**/Use as gate A");
    const Picture used = until([&](const Snapshot& now) {
        return now.gate_a && now.run->complete && now.run->gates[*now.gate_a].gate.terms[0].id == "learned";
    });
    EXPECT_TRUE(std::isfinite(used->run->gates[*used->gate_a].perplexity.estimate.perplexity));
}

TEST_F(RealLab, KeepsTheGateSoFarWhenTrainingIsStopped) {
    window_->shell().view().lab.distill.steps = "1000000";
    window_->settle();
    click("//Distillation/**/Start");
    until([](const Snapshot& now) { return now.distillation && now.distillation->step > 0; });
    click("//Distillation/**/Pause");
    until([](const Snapshot& now) { return now.distillation->status == "paused"; });
    click("//Distillation/**/Resume");
    until([](const Snapshot& now) { return now.distillation->status == "running"; });
    click("//Distillation/**/Stop");
    const Picture stopped = until([](const Snapshot& now) {
        return now.distillation->status == "stopped" && !now.distillation->deployed.empty();
    });
    EXPECT_LT(stopped->distillation->step, 1'000'000);
    EXPECT_TRUE(std::filesystem::exists(path("gate.safetensors")));
}

TEST_F(RealLab, MeasuresThatAHardSetPassesNoGradientAndASoftGateDoes) {
    window_->shell().view().lab.distill.signal = "mask";
    window_->settle();
    click("//Distillation/**/###measure");
    const Picture measured = until([](const Snapshot& now) { return now.gate_gradients.size() == 2; });
    ASSERT_EQ(measured->gate_gradients.size(), 2U);
    for (const double norm : measured->gate_gradients[0].norms) EXPECT_EQ(norm, 0);
    EXPECT_EQ(measured->gate_gradients[0].nonzero_values, 0);
    EXPECT_GT(measured->gate_gradients[1].nonzero_values, 0);
}

TEST_F(RealLab, SweepsBothGates) {
    click("//Sweep/**/###start");
    const Picture swept = until([](const Snapshot& now) { return now.sweep && now.sweep->complete; });
    ASSERT_NE(swept->sweep, nullptr);
    EXPECT_EQ(swept->sweep->gates.size(), 6U);
    // Its capture is written by another job.
    until([&](const Snapshot& now) { return now.jobs.empty() && std::filesystem::exists(path("sweep.h5")); });
}

TEST_F(RealLab, MeasuresLayersAndSetsTheProposalAsGateB) {
    click("//Sensitivity/**/###start");
    const Picture measured = until([](const Snapshot& now) {
        return now.sensitivity && now.sensitivity->proposal && std::isfinite(now.sensitivity->proposal->measured.nll);
    });
    ASSERT_NE(measured->sensitivity, nullptr);
    ASSERT_TRUE(measured->sensitivity->proposal);
    click("//Sensitivity/**/Set as gate B");
    const std::string gate = print_gate(measured->sensitivity->proposal->gate);
    const Picture set = until([&](const Snapshot& now) { return now.gate_b && now.run->complete; });
    EXPECT_EQ(set->settings.gate_b, gate);
}

}  // namespace
}  // namespace gatescope
