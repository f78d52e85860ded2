// Spectra of the open model and components of its heads in a session.
#include <gtest/gtest.h>

#include <thread>

#include "tests/app/engine/session_fixture.h"

namespace gatescope {
namespace {

MeasureSpectra kernels_at(std::int64_t delta) {
    return {{.raw = true, .delta = delta}};
}

const Spectra* shown(const Snapshot& snapshot) {
    return snapshot.spectra ? snapshot.spectra->spectra.get() : nullptr;
}
bool has_kernels_at(const Snapshot& snapshot, std::int64_t delta) {
    return shown(snapshot) && shown(snapshot)->raw && shown(snapshot)->request.delta == delta && idle(snapshot);
}
std::int64_t windows_of(const Snapshot& snapshot) {
    return shown(snapshot) && shown(snapshot)->activations ? shown(snapshot)->activations->windows : 0;
}

class SpectraSession : public SessionTest {
  protected:
    void SetUp() override {
        SessionTest::SetUp();
        start();
        wait(measured);
    }
    // Held at its first layer, or window.
    std::uint64_t begin_held(const MeasureSpectra& command) {
        world().hold_spectra = world().hold_spectra_windows = true;
        send(command);
        const Picture picture = wait([](const Snapshot& snapshot) { return !idle(snapshot); });
        return picture->jobs.front().id;
    }
    void let_go() { world().hold_spectra = world().hold_spectra_windows = false; }
};

TEST_F(SpectraSession, KernelsOfTheOpenModelAreShownInItsRunToo) {
    send(MeasureSpectra{{.raw = true, .folded = true}});
    const Picture picture = wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 0); });
    EXPECT_TRUE(shown(*picture)->folded);
    EXPECT_EQ(picture->spectra->name, "sample");
    EXPECT_EQ(picture->spectra->model, picture->model);
    EXPECT_EQ(picture->run->spectra, picture->spectra->spectra);
    EXPECT_EQ(picture->run->request.spectra, shown(*picture)->request);
    EXPECT_NE(picture->command_line.find("--weight-spectra"), std::string::npos) << picture->command_line;
    EXPECT_EQ(world().windows_run, 4);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture gated = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_EQ(gated->run->spectra, picture->run->spectra);
}

TEST_F(SpectraSession, AFormThatIsThereIsNotWorkedOutAgain) {
    send(kernels_at(0));
    wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 0); });
    EXPECT_EQ(world().spectra_layers, 4);
    send(MeasureSpectra{{.folded = true}});
    const Picture picture = wait([](const Snapshot& snapshot) { return shown(snapshot)->folded && idle(snapshot); });
    EXPECT_TRUE(shown(*picture)->raw);
    EXPECT_EQ(world().spectra_layers, 8);
    send(MeasureSpectra{{.raw = true, .folded = true}});
    send(MeasureSpectra{{.raw = true, .folded = true, .controls = true}});
    const Picture all = wait([](const Snapshot& snapshot) { return shown(snapshot)->controls && idle(snapshot); });
    EXPECT_TRUE(all->spectra->spectra->controls->folded_projections);
    EXPECT_EQ(world().weight_runs, 3);
}

TEST_F(SpectraSession, ASlidersNewestOffsetCountsAndTheOldNumbersStayUntilItsAreWhole) {
    send(kernels_at(0));
    const Picture before = wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 0); });
    begin_held(kernels_at(1));
    for (std::int64_t delta = 2; delta <= 30; ++delta)
        if (delta != 13) send(kernels_at(delta));
    EXPECT_EQ(session_->snapshot()->spectra, before->spectra);
    let_go();
    wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 30); });
    EXPECT_LE(world().spectra_layers, 9) << "no more than one layer of offsets that were passed by";
}

TEST_F(SpectraSession, ASliderThatComesBackToWhatIsThereWorksNothingOut) {
    send(kernels_at(0));
    wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 0); });
    begin_held(kernels_at(5));
    send(kernels_at(0));
    wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 0); });
    let_go();
    EXPECT_EQ(world().spectra_layers, 4);
}

TEST_F(SpectraSession, AWishThatIsSentAgainDisturbsNothing) {
    world().hold_spectra_at = 2;
    begin_held(kernels_at(3));
    for (int n = 0; n < 20; ++n) send(kernels_at(3));
    let_go();
    wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 3); });
    EXPECT_EQ(world().weight_runs, 1);
    send(kernels_at(3));
    EXPECT_TRUE(idle(*session_->snapshot()));
}

TEST_F(SpectraSession, ACancelledRunGoesOnWhereItWas) {
    world().hold_spectra_at = 2;
    const std::uint64_t job = begin_held(kernels_at(3));
    while (world().spectra_layers < 2) std::this_thread::yield();
    send(CancelJob{job});
    wait(idle);
    EXPECT_EQ(shown(*session_->snapshot()), nullptr);
    let_go();
    send(kernels_at(3));
    wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 3); });
    EXPECT_EQ(world().spectra_layers, 4);
}

TEST_F(SpectraSession, AFailureSaysSoAndTheOldNumbersStay) {
    send(kernels_at(1));
    const Picture before = wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 1); });
    send(kernels_at(13));
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "no such offset"); });
    EXPECT_EQ(wait(idle)->spectra, before->spectra);
}

TEST_F(SpectraSession, KernelsDoNotWaitForTheWindowThatRuns) {
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(kernels_at(0));
    wait([](const Snapshot& snapshot) { return snapshot.spectra != nullptr; });
    EXPECT_EQ(world().windows_run, 4);
    world().hold = false;
}

TEST_F(SpectraSession, AnotherModelInTheMiddleGetsItsOwnKernels) {
    begin_held({{.raw = true, .delta = 7, .activations = true}});
    send(OpenModel{"other"});
    wait([](const Snapshot& snapshot) { return snapshot.model->name == "other"; });
    let_go();
    const Picture picture = wait([](const Snapshot& snapshot) {
        return measured(snapshot) && snapshot.run->model->name == "other" && windows_of(snapshot) == 4;
    });
    EXPECT_EQ(picture->spectra->name, "other");
    EXPECT_EQ(picture->spectra->model, picture->model);
    EXPECT_EQ(shown(*picture)->request.delta, 0) << "a model that does not rotate has one kernel only";
    EXPECT_EQ(picture->run->spectra, picture->spectra->spectra);
    EXPECT_FALSE(says(*picture, Severity::kError, ""));
}

TEST_F(SpectraSession, KernelsOfAModelThatIsOpenByItsHeadersAlone) {
    send(OpenModel{.path = "broken", .weights_only = true});
    wait([](const Snapshot& snapshot) { return snapshot.weights_only && idle(snapshot); });
    send(kernels_at(2));
    const Picture picture = wait([](const Snapshot& snapshot) { return has_kernels_at(snapshot, 2); });
    EXPECT_EQ(picture->spectra->name, "broken");
    EXPECT_EQ(picture->command_line, "gatescope spectra broken --raw --delta 2 --out spectra.h5");
    EXPECT_EQ(picture->run, nullptr);
    send(MeasureSpectra{{.raw = true, .delta = 2, .activations = true}});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "without its weights"); });
}

TEST_F(SpectraSession, ActivationsGrowByWindowsAndSurviveAToggle) {
    send(MeasureSpectra{{.raw = true, .activations = true, .cosines = true}});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 4 && has_kernels_at(snapshot, 0); });
    EXPECT_TRUE(shown(*picture)->cosines);
    EXPECT_EQ(picture->run->spectra, picture->spectra->spectra);
    EXPECT_NE(picture->command_line.find("--activation-spectra"), std::string::npos) << picture->command_line;
    EXPECT_NE(picture->command_line.find("--cosines"), std::string::npos);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture gated = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_EQ(gated->run->spectra, picture->run->spectra);
    EXPECT_EQ(world().spectra_windows, 4);
}

TEST_F(SpectraSession, AToggleDoesNotWaitForActivations) {
    begin_held({{.activations = true}});
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return snapshot.gate_a.has_value() && snapshot.run->complete; });
    EXPECT_EQ(world().spectra_windows, 0);
    let_go();
    wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 4 && measured(snapshot); });
    EXPECT_EQ(world().spectra_windows, 4);
}

TEST_F(SpectraSession, AnotherTextDropsActivationsAndMeasuresItsOwn) {
    send(MeasureSpectra{{.raw = true, .activations = true}});
    wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 4 && has_kernels_at(snapshot, 0); });
    const std::int64_t layers = world().spectra_layers;
    world().hold_spectra_windows = true;
    send(OpenText{"other"});
    const Picture text = wait([](const Snapshot& snapshot) {
        return snapshot.run->text->name == "other" && snapshot.run->complete && !idle(snapshot);
    });
    EXPECT_EQ(windows_of(*text), 0);
    EXPECT_FALSE(text->run->spectra->activations);
    EXPECT_TRUE(text->run->spectra->raw);
    world().hold_spectra_windows = false;
    wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 4 && measured(snapshot); });
    EXPECT_EQ(world().spectra_layers, layers);
    send(SetWindows{512, 2});
    wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 2 && measured(snapshot); });
}

TEST_F(SpectraSession, ActivationsThatFailAreNotTriedWithEveryText) {
    world().fail_spectra_windows = true;
    send(MeasureSpectra{{.activations = true}});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "no room for spectra"); });
    world().fail_spectra_windows = false;
    send(OpenText{"other"});
    wait([](const Snapshot& snapshot) { return snapshot.run->text->name == "other" && measured(snapshot); });
    EXPECT_EQ(world().spectra_windows, 0);
    send(MeasureSpectra{{.activations = true}});
    wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 4; });
}

TEST_F(SpectraSession, AnExportHasWhatIsShownAndWaitsForActivationsUnderWay) {
    begin_held({{.activations = true}});
    send(ExportCapture{"c.h5"});
    let_go();
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote c.h5"); });
    ASSERT_NE(world().written->spectra, nullptr);
    EXPECT_EQ(world().written->spectra->activations->windows, 4);
    EXPECT_NE(world().written->command.find("--activation-spectra"), std::string::npos) << world().written->command;
    send(ExportCapture{"d.h5", true});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote d.h5"); });
    ASSERT_NE(world().written->spectra, nullptr);
    EXPECT_TRUE(world().written->request.patterns);
}

TEST_F(SpectraSession, AnExportWithPatternsWaitsForActivationsUnderWay) {
    begin_held({{.activations = true}});
    send(ExportCapture{"p.h5", true});
    let_go();
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote p.h5"); });
    EXPECT_TRUE(world().written->request.patterns);
    ASSERT_NE(world().written->spectra, nullptr);
    EXPECT_EQ(world().written->spectra->activations->windows, 4);
}

TEST_F(SpectraSession, AnEmptyWishTakesThemAway) {
    send(MeasureSpectra{{.raw = true, .activations = true}});
    wait([](const Snapshot& snapshot) { return windows_of(snapshot) == 4 && has_kernels_at(snapshot, 0); });
    send(MeasureSpectra{});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.spectra == nullptr; });
    EXPECT_EQ(picture->run->spectra, nullptr);
    EXPECT_EQ(picture->run->command.find("spectra"), std::string::npos);
}

// Cancelled once its last piece was done, a job publishes all the same.
TEST_F(SpectraSession, AnEmptyWishIsNotOvertakenByTheLastLayer) {
    world().at_last_layer = [this] { session_->send(MeasureSpectra{}); };
    session_->send(kernels_at(0));
    while (world().spectra_layers < 4) std::this_thread::yield();
    send(OpenText{"other"});  // after whatever the layer led to
    const Picture picture =
        wait([](const Snapshot& snapshot) { return snapshot.run->text->name == "other" && measured(snapshot); });
    EXPECT_EQ(picture->spectra, nullptr);
    EXPECT_EQ(picture->run->spectra, nullptr);
}

TEST_F(SpectraSession, EndsPromptlyInTheMiddleOfALayer) {
    begin_held({{.raw = true, .activations = true}});
    session_.reset();
    EXPECT_EQ(world().spectra_layers, 0);
}

bool has_head(const Snapshot& snapshot, std::int64_t layer, std::int64_t window) {
    return snapshot.components && snapshot.components->request.layer == layer &&
           snapshot.components->request.window == window && !snapshot.components->ids.empty();
}

TEST_F(SpectraSession, ComponentsComeFirstAndTheWindowsTokensThen) {
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(ShowComponents{{.layer = 2, .head = 1}});
    const Picture first = wait([](const Snapshot& snapshot) { return snapshot.components != nullptr; });
    EXPECT_TRUE(first->components->ids.empty());
    world().hold = false;
    const Picture picture = wait([](const Snapshot& snapshot) { return has_head(snapshot, 2, 0); });
    EXPECT_EQ(picture->components->planes.front().tokens.size(), 2U);
    send(ShowComponents{{.layer = 2, .head = 1, .window = 3}});
    wait([](const Snapshot& snapshot) { return has_head(snapshot, 2, 3); });
    EXPECT_EQ(world().components_found, 1);
}

TEST_F(SpectraSession, TheNewestHeadsComponentsCount) {
    world().hold_components = true;
    for (std::int64_t head = 0; head < 20; ++head) send(ShowComponents{{.layer = head % 4, .head = head % 2}});
    send(ShowComponents{{.layer = 1}});
    world().hold_components = false;
    wait([](const Snapshot& snapshot) { return has_head(snapshot, 1, 0); });
    EXPECT_LE(world().components_found, 2);
    send(ShowComponents{{.layer = 9}});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "no such layer"); });
}

TEST_F(SpectraSession, ComponentsFollowTheTextAndTheModel) {
    send(ShowComponents{{.layer = 0, .head = 1}});
    wait([](const Snapshot& snapshot) { return has_head(snapshot, 0, 0); });
    send(OpenText{"other"});
    wait([](const Snapshot& snapshot) {
        return snapshot.run->text->name == "other" && measured(snapshot) && has_head(snapshot, 0, 0);
    });
    EXPECT_EQ(world().components_found, 1);
    send(OpenModel{"other"});
    wait([](const Snapshot& snapshot) {
        return snapshot.run->model->name == "other" && measured(snapshot) && has_head(snapshot, 0, 0);
    });
    EXPECT_EQ(world().components_found, 2);
    send(ShowComponents{{.layer = 3}});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "no such layer"); });
}

}  // namespace
}  // namespace gatescope
