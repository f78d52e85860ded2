#include <gtest/gtest.h>

#include "tests/app/engine/session_fixture.h"

namespace gatescope {
namespace {

TEST_F(SessionTest, OpensTheSampleMeasuresAndShowsTheFirstMapWithTheFirstNumbers) {
    start();
    const Picture first = wait([](const Snapshot& snapshot) { return snapshot.run != nullptr; });
    EXPECT_NE(first->pattern, nullptr);
    const Picture all = wait(measured);
    EXPECT_EQ(all->model->name, "sample");
    EXPECT_EQ(all->settings.model_path, "sample");
    EXPECT_EQ(all->run->windows_done, 4);
    EXPECT_EQ(all->run->model->sha256, "5ha256");
    EXPECT_GT(wakes_, 0);
    EXPECT_EQ(world().passes_for_maps, 0);
}

TEST_F(SessionTest, AGateBringsItsPerplexityAndDenseKeepsItsWindows) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_DOUBLE_EQ(picture->run->gates[*picture->gate_a].perplexity.estimate.nll, 2.5);
    EXPECT_EQ(world().windows_run, 8);
    EXPECT_NE(picture->command_line.find("--gate oracle:k=2"), std::string::npos);
    send(SetGate{GateSlot::kA, "dense"});
    wait([](const Snapshot& snapshot) { return !snapshot.gate_a && snapshot.run->gates.empty(); });
    EXPECT_EQ(world().windows_run, 8);
}

TEST_F(SessionTest, SwappedGatesKeepTheirWindows) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    send(SetGate{GateSlot::kB, "oracle:k=4"});
    wait([](const Snapshot& snapshot) { return snapshot.gate_a && snapshot.gate_b && measured(snapshot); });
    const std::int64_t before = world().windows_run;
    send(SwapGates{});
    const Picture picture = wait([](const Snapshot& snapshot) {
        return snapshot.run->gates.front().gate.terms.front().values.at("k") == ParamValue(std::int64_t{4}) &&
               measured(snapshot);
    });
    EXPECT_EQ(gate_shown_as_a(*picture), "oracle:k=4");
    EXPECT_EQ(picture->settings.gate_b, "oracle:k=2");
    EXPECT_EQ(world().windows_run, before);
}

TEST_F(SessionTest, TheMapFollowsTheGates) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kB, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !snapshot.pattern->kept_b.empty(); });
    send(SetGate{GateSlot::kB, ""});
    wait([](const Snapshot& snapshot) { return snapshot.pattern->kept_b.empty(); });
}

TEST_F(SessionTest, FiftyQuickTogglesEndWithTheLastGateAndShowNoStaleOne) {
    start();
    wait(measured);
    world().hold = true;
    for (int k = 1; k <= 50; ++k) send(SetGate{GateSlot::kA, "oracle:k=" + std::to_string(k)});
    wait([](const Snapshot& snapshot) { return gate_shown_as_a(snapshot) == "oracle:k=50"; });
    world().hold = false;
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_EQ(gate_shown_as_a(*picture), "oracle:k=50");
    EXPECT_EQ(picture->run->gates.size(), 1U);
    EXPECT_DOUBLE_EQ(picture->run->gates[0].perplexity.estimate.nll, 2.02);
    EXPECT_EQ(world().windows_run, 8);
}

TEST_F(SessionTest, AToggleReplacesTheWindowThatRuns) {
    start();
    wait(measured);
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& snapshot) { return gate_shown_as_a(snapshot) == "oracle:k=4"; });
    world().hold = false;
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_EQ(gate_shown_as_a(*picture), "oracle:k=4");
    EXPECT_EQ(world().windows_run, 8);
}

TEST_F(SessionTest, AToggleDoesNotWaitForKeysOfTheGateBeforeIt) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !snapshot.pattern->kept_a.empty() && measured(snapshot); });
    world().hold_keys = true;
    send(ShowHead{0, 1, 2});
    wait([](const Snapshot& snapshot) { return snapshot.pattern->window == 2 && !idle(snapshot); });
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& snapshot) {
        return gate_shown_as_a(snapshot) == "oracle:k=4" && snapshot.gate_a && measured(snapshot);
    });
    world().hold_keys = false;
}

TEST_F(SessionTest, AClickIsServedWhileAWindowRuns) {
    start();
    wait(measured);
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(ShowHead{3, 1, 0});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.pattern->layer == 3; });
    EXPECT_EQ(picture->pattern->head, 1);
    EXPECT_EQ(world().windows_run, 4);
    EXPECT_EQ(world().passes_for_maps, 0);
    world().hold = false;
}

TEST_F(SessionTest, AHeadOfAnotherWindowComesByAPassOfItsOwn) {
    start();
    wait(measured);
    send(ShowHead{0, 1, 3});
    wait([](const Snapshot& snapshot) { return snapshot.pattern->window == 3; });
    EXPECT_EQ(world().passes_for_maps, 1);
    send(ShowHead{99, 99, 99});
    wait([](const Snapshot& snapshot) { return snapshot.pattern->layer == 3 && snapshot.pattern->window == 3; });
    EXPECT_EQ(world().passes_for_maps, 1);
}

TEST_F(SessionTest, KeysOfAWindowThatAGateHasLeftBehindComeByAPassOfTheirOwn) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !snapshot.pattern->kept_a.empty() && measured(snapshot); });
    EXPECT_EQ(world().passes_for_maps, 0);
    send(ShowHead{0, 1, 2});
    wait([](const Snapshot& snapshot) { return snapshot.pattern->window == 2 && !snapshot.pattern->kept_a.empty(); });
    EXPECT_EQ(world().passes_for_maps, 2);
}

TEST_F(SessionTest, ACancelledMeasurementStaysAsItIsUntilItIsTakenUpAgain) {
    start();
    wait(measured);
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture busy = wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(CancelJob{busy->jobs.front().id});
    wait(idle);
    world().hold = false;
    EXPECT_EQ(world().windows_run, 4);
    EXPECT_FALSE(says(*session_->snapshot(), Severity::kError, ""));
    send(Remeasure{});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_DOUBLE_EQ(picture->run->gates[0].perplexity.estimate.nll, 2.5);
}

TEST_F(SessionTest, AModelThatCantBeOpenedLeavesTheOldOneAtWork) {
    start();
    const Picture before = wait(measured);
    send(OpenModel{"broken"});
    const Picture after =
        wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "broken: is broken"); });
    EXPECT_EQ(after->run, before->run);
    EXPECT_EQ(after->settings.model_path, "sample");
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
}

TEST_F(SessionTest, OpeningAModelDoesNotWaitForTheWindowThatRuns) {
    start();
    wait(measured);
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(OpenModel{"other"});
    wait([](const Snapshot& snapshot) { return snapshot.model->name == "other"; });
    world().hold = false;
    wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->model->name == "other"; });
}

TEST_F(SessionTest, AnotherModelTakesTheTextAlongAndDropsGatesThatDoNotFit) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "oracle:k=2@3"});
    send(OpenModel{"other"});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->model->name == "other"; });
    EXPECT_EQ(picture->settings.gate_a, "dense");
    EXPECT_TRUE(says(*picture, Severity::kWarning, "was taken off"));
    EXPECT_EQ(picture->settings.model_path, "other");
    EXPECT_EQ(picture->run->text->name, "sample");
}

TEST_F(SessionTest, AnEncoderTakesGatesOffAndRefusesNewOnes) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    send(OpenModel{"encoder"});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->model->name == "encoder"; });
    EXPECT_EQ(picture->settings.gate_a, "dense");
    EXPECT_TRUE(says(*picture, Severity::kWarning, "Gate oracle:k=2 was taken off"));
    send(SetGate{GateSlot::kB, "oracle:k=3"});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "neither perplexity nor gates"); });
    EXPECT_EQ(session_->snapshot()->settings.gate_b, "dense");
}

TEST_F(SessionTest, AFileOfIdsIsATextToo) {
    start();
    wait(measured);
    send(OpenText{"ids.npy"});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->text->name == "ids.npy"; });
    EXPECT_NE(picture->command_line.find("--tokens ids.npy"), std::string::npos) << picture->command_line;
}

TEST_F(SessionTest, AFirstModelOrTextThatIsGoneGivesWayToTheSample) {
    Settings settings;
    settings.model_path = "/gone.gguf";
    settings.text_path = "/gone.txt";
    start(settings);
    const Picture picture = wait(measured);
    EXPECT_EQ(picture->settings.model_path, "sample");
    EXPECT_EQ(picture->settings.text_path, "sample");
    EXPECT_TRUE(says(*picture, Severity::kError, "/gone.gguf"));
    EXPECT_TRUE(says(*picture, Severity::kError, "/gone.txt"));
}

TEST_F(SessionTest, ATextThatCantBeReadLeavesTheOldOne) {
    start();
    const Picture before = wait(measured);
    send(OpenText{"gone"});
    const Picture after = wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "gone"); });
    EXPECT_EQ(after->run, before->run);
    send(SetWindows{128, 2});
    const Picture cut =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->request.window_length == 128; });
    EXPECT_EQ(cut->run->text->name, "sample");
    EXPECT_EQ(cut->run->windows_done, 2);
}

TEST_F(SessionTest, ATypedTextIsMeasured) {
    start();
    wait(measured);
    send(UseText{"Typed text", "It was a dark and stormy night"});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->text->name == "Typed text"; });
    EXPECT_EQ(picture->settings.text_path, "");
}

TEST_F(SessionTest, WindowsThatTheModelRefusesGiveWayToThoseInUse) {
    start();
    wait(measured);
    send(SetWindows{200000, 4});
    const Picture picture = wait([](const Snapshot& snapshot) {
        return says(snapshot, Severity::kError, "too long") && snapshot.settings.window_length == 512;
    });
    EXPECT_EQ(picture->run->request.window_length, 512);
    send(SetWindows{1, 4});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "the least is 2"); });
}

TEST_F(SessionTest, AGateThatFailsGivesWayAndTheRestGoesOn) {
    Settings settings;
    settings.gate_a = "window:sinks=1,local=3";  // the fake measures oracles only
    start(settings);
    const Picture picture = wait([](const Snapshot& snapshot) {
        return says(snapshot, Severity::kError, "file is missing") && measured(snapshot);
    });
    EXPECT_EQ(picture->settings.gate_a, "dense");
    EXPECT_EQ(picture->run->windows_done, 4);
}

TEST_F(SessionTest, SyntaxErrorsAreToldAndChangeNothing) {
    start();
    wait(measured);
    send(SetGate{GateSlot::kA, "orcale:k=2"});
    const Picture picture = wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "oracle"); });
    EXPECT_EQ(picture->settings.gate_a, "dense");
    send(DismissMessage{picture->messages.back().id});
    EXPECT_TRUE(session_->snapshot()->messages.empty());
}

TEST_F(SessionTest, InductionScoresComeOnDemandAndLeaveTheWindowsAlone) {
    start();
    EXPECT_TRUE(wait(measured)->run->concentration->induction_ids.empty());
    send(MeasureInduction{});
    const Picture picture = wait(
        [](const Snapshot& snapshot) { return snapshot.run->concentration->figures.count("induction_score") == 1; });
    EXPECT_EQ(picture->run->windows_done, 4);
    EXPECT_NE(picture->command_line.find("--induction"), std::string::npos);
}

TEST_F(SessionTest, AnExportMeasuresToTheEndWritesAndIsReopened) {
    start();
    wait(measured);
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(ExportCapture{"out.h5"});
    wait([](const Snapshot& snapshot) { return snapshot.jobs.size() == 2; });
    world().hold = false;
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote out.h5"); });
    ASSERT_NE(world().written, nullptr);
    EXPECT_TRUE(world().written->complete);
    EXPECT_DOUBLE_EQ(world().written->gates.at(0).perplexity.estimate.nll, 2.5);
    EXPECT_EQ(world().written->model->sha256, "5ha256");
    EXPECT_NE(world().written->command.find("gatescope capture"), std::string::npos);
    send(OpenCapture{"out.h5"});
    wait([](const Snapshot& snapshot) { return snapshot.capture && snapshot.capture_path == "out.h5"; });
    send(CloseCapture{});
    EXPECT_EQ(session_->snapshot()->capture, nullptr);
}

TEST_F(SessionTest, AnExportDoesNotTakeThePlaceOfOneToAnotherFile) {
    start();
    wait(measured);
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(ExportCapture{"first.h5"});
    send(ExportCapture{"second.h5"});
    world().hold = false;
    wait([](const Snapshot& snapshot) {
        return says(snapshot, Severity::kSuccess, "Wrote first.h5") &&
               says(snapshot, Severity::kSuccess, "Wrote second.h5");
    });
}

TEST_F(SessionTest, DrawsAFigureAndSaysWhyItCannot) {
    start();
    send(ExportFigure{"experiment.h5", "experiment", "figure.pdf"});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Drew figure.pdf"); });
    EXPECT_EQ(world().figures_drawn, 1);
    send(ExportFigure{"", "experiment", "figure.pdf"});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "holds nothing to draw"); });
}

TEST_F(SessionTest, AnExportWithPatternsRunsItsOwnMeasurement) {
    start();
    wait(measured);
    send(ExportCapture{"out.h5", true, true});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote out.h5"); });
    EXPECT_TRUE(world().written->request.patterns);
    EXPECT_TRUE(world().written->request.masks);
    EXPECT_EQ(world().windows_run, 8);
    EXPECT_FALSE(session_->snapshot()->run->request.patterns);
}

TEST_F(SessionTest, AnExportIsRefusedBeforeAnythingIsMeasured) {
    start();
    wait(measured);
    send(ExportCapture{"there.h5", true});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "there.h5: exists already"); });
    EXPECT_EQ(world().windows_run, 4);
    EXPECT_EQ(world().written, nullptr);
}

TEST_F(SessionTest, EndsPromptlyWhileAWindowRuns) {
    world().hold = true;
    start();
    wait([](const Snapshot& snapshot) { return snapshot.model && !idle(snapshot); });
    session_.reset();
    EXPECT_EQ(world().windows_run, 0);
}

TEST_F(SessionTest, EndsPromptlyWhileAModelLoads) {
    world().hold_loading = true;
    start();
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    session_.reset();
}

TEST_F(SessionTest, ALoadThatIsCancelledCanBeTakenUpAgain) {
    world().hold_loading = true;
    start();
    const Picture busy = wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(CancelJob{busy->jobs.front().id});
    wait(idle);
    world().hold_loading = false;
    send(Remeasure{});
    wait(measured);
}

TEST_F(SessionTest, KeepsTheNewestFiftyMessages) {
    start();
    wait(measured);
    for (int n = 0; n < 60; ++n) send(SetWindows{-n, 1});
    const Picture picture = session_->snapshot();
    EXPECT_EQ(picture->messages.size(), 50U);
    EXPECT_TRUE(says(*picture, Severity::kError, "-59"));
    EXPECT_EQ(picture->messages.back().time.size(), 8U);
}

}  // namespace
}  // namespace gatescope
