// Previews, models that memory has no room for, models by their headers alone. Sizes as in fake_world.h: "large" takes
// 4000 bytes in float32, the others 40; a window takes a byte a token.
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "tests/app/engine/session_fixture.h"

namespace gatescope {
namespace {

class Opening : public SessionTest {
  protected:
    Picture refused(const OpenModel& command) {
        send(command);
        return wait([](const Snapshot& snapshot) { return snapshot.refusal != nullptr; });
    }
    Picture opened(const OpenModel& command) {
        send(command);
        return wait([&](const Snapshot& now) { return measured(now) && now.model->name == command.path; });
    }
    Picture previewed(const std::string& path) {
        send(PreviewModel{path});
        return wait([&](const Snapshot& now) { return now.preview && now.preview->path == path; });
    }
};

TEST_F(Opening, APreviewTellsOfAModelThatStaysClosed) {
    start();
    wait(measured);
    const Picture picture = previewed("large");
    const ModelPreview& preview = *picture->preview;
    EXPECT_EQ(preview.error, "");
    EXPECT_EQ(preview.family_label, "Fake");
    EXPECT_EQ(preview.summary->config.n_layers, 4);
    EXPECT_EQ(preview.memory.weights_float32, 4000U);
    EXPECT_EQ(preview.memory.weights_bfloat16, 2000U);
    EXPECT_EQ(preview.memory.needs.working, 512U);
    EXPECT_TRUE(preview.memory.fits);
    EXPECT_EQ(picture->model->name, "sample");
    EXPECT_EQ(world().models_loaded, 1);
    send(PreviewModel{});
    EXPECT_EQ(session_->snapshot()->preview, nullptr);
}

TEST_F(Opening, APreviewOfWhatIsNoCheckpointSaysWhyAndIsNoMessage) {
    start();
    wait(measured);
    const Picture picture = previewed("/gone.gguf");
    EXPECT_NE(picture->preview->error.find("/gone.gguf: there is no such file"), std::string::npos);
    EXPECT_EQ(picture->preview->summary, nullptr);
    EXPECT_TRUE(picture->messages.empty());
}

TEST_F(Opening, TheNewestOfManyPreviewsIsReadAndThoseBetweenAreNot) {
    start();
    wait(measured);
    const std::int64_t before = world().headers_read;
    world().hold_headers = true;
    for (int n = 0; n < 50; ++n) send(PreviewModel{"/typing" + std::to_string(n)});
    send(PreviewModel{"other"});
    world().hold_headers = false;
    const Picture picture = wait([](const Snapshot& now) { return now.preview && now.preview->path == "other"; });
    EXPECT_EQ(picture->preview->summary->name, "other");
    // The first of them may have been at work, and one between where the machine let it in.
    EXPECT_LT(world().headers_read - before, 50);
}

TEST_F(Opening, AModelTooLargeIsRefusedBeforeItIsLoadedAndSaysWhatWouldFit) {
    world().memory_there = 3000;
    start();
    const Picture before = wait(measured);
    const Picture after = refused({"large"});
    const MemoryReport& memory = after->refusal->preview->memory;
    EXPECT_FALSE(memory.fits);
    EXPECT_EQ(memory.offers, (std::vector<MemoryOffer>{{{"bfloat16", 512}, false, 2512}}));
    EXPECT_TRUE(says(*after, Severity::kInfo, "needs 4.5 kB, 3.0 kB are there; bfloat16 would fit"));
    EXPECT_EQ(world().models_loaded, 1);
    EXPECT_EQ(after->model, before->model);
    EXPECT_EQ(after->run, before->run);
    EXPECT_EQ(after->settings.model_path, "sample");
}

TEST_F(Opening, AnOfferThatIsTakenOpensTheModelThatWay) {
    world().memory_there = 3000;
    start();
    wait(measured);
    refused({"large"});
    const Picture half = opened({"large", "bfloat16"});
    EXPECT_EQ(half->settings.dtype, "bfloat16");
    EXPECT_EQ(half->refusal, nullptr);
}

TEST_F(Opening, ShorterWindowsAreOfferedAndSetWhereTheyAreTaken) {
    world().memory_there = 4200;
    start();
    wait(measured);
    const Picture picture = refused({"large"});
    const std::vector<MemoryOffer>& offers = picture->refusal->preview->memory.offers;
    ASSERT_EQ(offers.size(), 2U);
    EXPECT_EQ(offers[1], (MemoryOffer{{"float32", 128}, false, 4128}));
    const Picture shorter = opened({"large", "float32", 128});
    EXPECT_EQ(shorter->settings.window_length, 128);
    EXPECT_EQ(shorter->run->request.window_length, 128);
}

TEST_F(Opening, TheOpenModelIsClosedFirstOnlyWhereTheUserAgreed) {
    world().memory_there = 4480;
    start();
    wait(measured);
    const Picture picture = refused({"large"});
    const MemoryReport& memory = picture->refusal->preview->memory;
    EXPECT_EQ(memory.there.open_model, 40U);
    ASSERT_FALSE(memory.offers.empty());
    EXPECT_EQ(memory.offers[0], (MemoryOffer{{"float32", 512}, true, 4512}));
    OpenModel agreed{"large"};
    agreed.close_first = true;
    EXPECT_EQ(opened(agreed)->settings.model_path, "large");
}

TEST_F(Opening, AfterAFailureBehindAClosedModelItCanBeOpenedAgain) {
    start();
    const Picture before = wait(measured);
    OpenModel agreed{"broken"};
    agreed.close_first = true;
    send(agreed);
    const Picture after =
        wait([](const Snapshot& now) { return says(now, Severity::kError, "is broken") && idle(now); });
    EXPECT_EQ(after->model, nullptr);
    EXPECT_EQ(after->run, before->run) << "what was measured stays on the screen";
    send(Remeasure{});
    wait([](const Snapshot& now) { return measured(now) && now.model->name == "sample"; });
}

TEST_F(Opening, AModelOpensByItsHeadersAloneAndSaysThatNothingRunsOnIt) {
    world().memory_there = 600;
    start();
    wait(measured);
    OpenModel headers{"large"};
    headers.weights_only = true;
    send(headers);
    const Picture open = wait([](const Snapshot& now) { return now.weights_only && idle(now); });
    EXPECT_EQ(open->model->name, "large");
    EXPECT_EQ(open->run, nullptr);
    EXPECT_EQ(open->device, "");
    EXPECT_EQ(world().models_loaded, 1);
    const std::vector<Command> runs = {MeasureInduction{}, Remeasure{}, OpenText{"other"}, UseText{"a", "b"},
                                       ExportCapture{"out.h5"}};
    for (const Command& run : runs) {
        send(run);
        const Picture told =
            wait([](const Snapshot& now) { return says(now, Severity::kError, "large: is open without its weights"); });
        send(DismissMessage{told->messages.back().id});
    }
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture loaded = opened({"sample"});
    EXPECT_FALSE(loaded->weights_only);
    EXPECT_EQ(loaded->run->text->name, "sample");
}

TEST_F(Opening, ALoadThatIsCancelledLeavesTheOldModelAtWork) {
    start();
    const Picture before = wait(measured);
    world().hold_loading = true;
    send(OpenModel{"other"});
    const Picture busy = wait([](const Snapshot& now) {
        return std::any_of(now.jobs.begin(), now.jobs.end(),
                           [](const JobStatus& job) { return job.job->progress().title == "Opening other"; });
    });
    for (const JobStatus& job : busy->jobs) send(CancelJob{job.id});
    wait(idle);
    world().hold_loading = false;
    EXPECT_EQ(session_->snapshot()->model, before->model);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& now) { return now.gate_a && measured(now) && now.run->model->name == "sample"; });
}

TEST_F(Opening, TheSampleDoesNotTakeThePlaceOfAModelThatWasAskedForMeanwhile) {
    world().hold_loading = true;
    Settings settings;
    settings.model_path = "broken";
    start(settings);
    wait([](const Snapshot& now) { return !idle(now); });
    send(OpenModel{"other"});
    world().hold_loading = false;
    EXPECT_EQ(wait(measured)->model->name, "other");
    EXPECT_EQ(world().models_loaded, 1);
}

TEST_F(Opening, ARememberedDeviceThatIsGoneGivesWayToTheBest) {
    Settings settings;
    settings.model_path = "other";
    settings.device = "cuda:7";
    start(settings, [](const std::string& device) {
        if (device != "best") throw Failure(FailureKind::kUsage, "no device \"" + device + "\"");
        return MemoryThere{"cpu", 1'000'000, 0};
    });
    const Picture picture = wait(measured);
    EXPECT_EQ(picture->settings.device, "best");
    EXPECT_TRUE(says(*picture, Severity::kError, "no device"));
}

TEST_F(Opening, AFirstModelThatIsTooLargeWaitsForAnAnswer) {
    world().memory_there = 3000;
    Settings settings;
    settings.model_path = "large";
    start(settings);
    const Picture picture = wait([](const Snapshot& now) { return now.refusal != nullptr && idle(now); });
    EXPECT_EQ(picture->model, nullptr);
    EXPECT_EQ(picture->refusal->preview->path, "large");
    opened({"large", "bfloat16"});
}

}  // namespace
}  // namespace gatescope
