// Surveys of many checkpoints in a session.
#include <gtest/gtest.h>

#include "tests/app/engine/session_fixture.h"

namespace gatescope {
namespace {

StartSurvey survey_of(const std::vector<std::string>& models, const std::string& path = "survey.h5") {
    return {models, {.folded = true}, path, false};
}

std::vector<std::string> names(const Snapshot& snapshot) {
    std::vector<std::string> out;
    if (snapshot.survey)
        for (const auto& model : snapshot.survey->models) out.push_back(model->name);
    return out;
}
using Names = std::vector<std::string>;

bool surveyed(const Snapshot& snapshot, std::size_t models) {
    return snapshot.survey && snapshot.survey->complete && snapshot.survey->models.size() == models && idle(snapshot);
}

class SurveySession : public SessionTest {
  protected:
    void SetUp() override {
        SessionTest::SetUp();
        start();
        wait(measured);
    }
    // The survey stops at its second model's layer of this number.
    void hold_at_layer(std::int64_t layer) {
        world().hold_spectra_at = layer;
        world().hold_spectra = true;
    }
};

TEST_F(SurveySession, CheckpointsAreShownOneByOneAndWritten) {
    hold_at_layer(1);  // "other" has one layer only
    send(survey_of({"other", "sample", "other"}));
    const Picture first = wait([](const Snapshot& snapshot) { return snapshot.survey != nullptr; });
    EXPECT_EQ(names(*first), Names({"other"}));
    EXPECT_FALSE(first->survey->complete);
    world().hold_spectra = false;
    const Picture picture = wait([](const Snapshot& snapshot) {
        return surveyed(snapshot, 3) && says(snapshot, Severity::kSuccess, "Surveyed 3 checkpoints into survey.h5");
    });
    EXPECT_EQ(names(*picture), Names({"other", "sample", "other (2)"}));
    EXPECT_EQ(picture->survey->models[1]->model->sha256, "5ha256");
    EXPECT_EQ(picture->survey_path, "survey.h5");
    EXPECT_EQ(picture->survey->command, "gatescope spectra other sample other --folded --out survey.h5");
    ASSERT_EQ(world().surveys_written.size(), 1U);
    EXPECT_TRUE(world().surveys_written[0]->complete);
    EXPECT_EQ(picture->spectra, nullptr) << "the open model's are asked for apart";
}

TEST_F(SurveySession, ModelsThatAreNoGoodAreNamedAndTheRestGoesOn) {
    send(survey_of({"sample", "gone", "other"}));
    const Picture picture = wait([](const Snapshot& snapshot) {
        return surveyed(snapshot, 2) && says(snapshot, Severity::kSuccess, "Surveyed 2 checkpoints");
    });
    EXPECT_TRUE(says(*picture, Severity::kError, "Left out of the survey: gone: there is no such file"));
    EXPECT_EQ(names(*picture), Names({"sample", "other"}));
    EXPECT_EQ(picture->survey->command, "gatescope spectra sample other --folded --out survey.h5");
}

TEST_F(SurveySession, OneThatBreaksInTheMiddleLeavesTheSurveyIncomplete) {
    send(survey_of({"sample", "torn", "other"}));
    const Picture picture = wait([](const Snapshot& snapshot) {
        return says(snapshot, Severity::kWarning, "Survey incomplete: survey.h5 holds 2 checkpoints of 3");
    });
    EXPECT_TRUE(says(*picture, Severity::kError, "Left out of the survey: torn: ends too early"));
    EXPECT_EQ(names(*picture), Names({"sample", "other"}));
    EXPECT_FALSE(world().surveys_written.back()->complete);
}

TEST_F(SurveySession, OneThatIsCancelledKeepsWhatIsWholeMarkedIncomplete) {
    hold_at_layer(1);
    send(survey_of({"other", "sample"}));
    const Picture busy = wait([](const Snapshot& snapshot) { return snapshot.survey && !idle(snapshot); });
    send(CancelJob{busy->jobs.front().id});
    const Picture picture = wait([](const Snapshot& snapshot) {
        return idle(snapshot) && says(snapshot, Severity::kWarning, "survey.h5 holds 1 checkpoint of 2");
    });
    EXPECT_EQ(names(*picture), Names({"other"}));
    ASSERT_EQ(world().surveys_written.size(), 1U);
    EXPECT_FALSE(world().surveys_written[0]->complete);
    EXPECT_EQ(world().surveys_written[0]->models.size(), 1U);
}

TEST_F(SurveySession, TheProgramsEndKeepsWhatIsWhole) {
    hold_at_layer(1);
    send(survey_of({"other", "sample"}));
    wait([](const Snapshot& snapshot) { return snapshot.survey && !idle(snapshot); });
    session_.reset();
    ASSERT_EQ(world().surveys_written.size(), 1U);
    EXPECT_EQ(world().surveys_written[0]->models.size(), 1U);
    EXPECT_FALSE(world().surveys_written[0]->complete);
}

TEST_F(SurveySession, NothingWholeLeavesNoFile) {
    hold_at_layer(0);
    send(survey_of({"sample"}));
    const Picture busy = wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(CancelJob{busy->jobs.front().id});
    wait(idle);
    EXPECT_TRUE(world().surveys_written.empty());
}

TEST_F(SurveySession, ModelsOfTheSurveyThatIsShownAreKept) {
    send(survey_of({"sample", "other"}));
    wait([](const Snapshot& snapshot) { return surveyed(snapshot, 2); });
    const std::int64_t before = world().spectra_layers;
    send(survey_of({"large", "other", "sample"}, "survey-2.h5"));
    const Picture picture = wait([](const Snapshot& snapshot) { return surveyed(snapshot, 3); });
    EXPECT_EQ(names(*picture), Names({"large", "other", "sample"}));
    EXPECT_EQ(world().spectra_layers - before, 4);
    StartSurvey raw = survey_of({"sample"}, "");
    raw.request = {.raw = true};
    send(raw);
    wait([](const Snapshot& snapshot) { return surveyed(snapshot, 1) && snapshot.survey->request.raw; });
    EXPECT_EQ(world().spectra_layers - before, 8);
}

TEST_F(SurveySession, ANewSurveyTakesTheOldOnesPlaceWhichIsWritten) {
    hold_at_layer(1);
    send(survey_of({"other", "sample"}, "survey-1.h5"));
    wait([](const Snapshot& snapshot) { return snapshot.survey && !idle(snapshot); });
    send(survey_of({"large"}, "survey-2.h5"));
    world().hold_spectra = false;
    const Picture picture = wait([](const Snapshot& snapshot) {
        return surveyed(snapshot, 1) && says(snapshot, Severity::kSuccess, "into survey-2.h5");
    });
    EXPECT_EQ(names(*picture), Names({"large"}));
    EXPECT_TRUE(says(*picture, Severity::kWarning, "survey-1.h5 holds 1 checkpoint of 2"));
}

TEST_F(SurveySession, AToggleAndATextDoNotWaitForASurvey) {
    hold_at_layer(0);
    send(survey_of({"sample"}));
    wait([](const Snapshot& snapshot) { return !idle(snapshot); });
    send(OpenText{"other"});
    wait([](const Snapshot& snapshot) { return snapshot.run->text->name == "other" && snapshot.run->complete; });
    world().hold_spectra = false;
    wait([](const Snapshot& snapshot) { return surveyed(snapshot, 1); });
}

TEST_F(SurveySession, WhatCantBeSurveyedIsRefusedAtOnce) {
    send(survey_of({}));
    send(StartSurvey{{"sample"}, {}, "", false});
    send(survey_of({"sample"}, "there.h5"));
    const Picture picture = session_->snapshot();
    EXPECT_TRUE(says(*picture, Severity::kError, "no checkpoint is named"));
    EXPECT_TRUE(says(*picture, Severity::kError, "neither raw nor folded"));
    EXPECT_TRUE(says(*picture, Severity::kError, "there.h5: exists already"));
    send(survey_of({"gone"}));
    wait([](const Snapshot& snapshot) { return idle(snapshot) && says(snapshot, Severity::kError, "gone"); });
    EXPECT_EQ(session_->snapshot()->survey, nullptr);
    EXPECT_TRUE(world().surveys_written.empty());
}

TEST_F(SurveySession, ACaptureThatCantBeWrittenSaysSoAndTheSurveyStays) {
    send(survey_of({"other"}, "full.h5"));
    const Picture picture =
        wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "the disk is full"); });
    EXPECT_EQ(names(*picture), Names({"other"}));
}

TEST_F(SurveySession, ASurveysCaptureIsOpenedBesideTheOpenCapture) {
    send(ExportCapture{"c.h5"});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote c.h5"); });
    send(OpenCapture{"c.h5"});
    const Picture before = wait([](const Snapshot& snapshot) { return snapshot.capture != nullptr; });
    send(survey_of({"other"}));
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Surveyed 1 checkpoint into"); });
    send(CloseSurvey{});
    wait([](const Snapshot& snapshot) { return !snapshot.survey && snapshot.survey_path.empty(); });
    send(OpenCapture{"folder/survey.h5"});
    const Picture picture = wait([](const Snapshot& snapshot) {
        return says(snapshot, Severity::kSuccess, "survey.h5 is a survey of 1 checkpoint: the layout Spectra");
    });
    EXPECT_EQ(names(*picture), Names({"other"}));
    EXPECT_EQ(picture->survey_path, "folder/survey.h5");
    EXPECT_EQ(picture->capture, before->capture);
}

TEST_F(SurveySession, ClosingOneThatRunsEndsIt) {
    hold_at_layer(1);
    send(survey_of({"other", "sample"}));
    wait([](const Snapshot& snapshot) { return snapshot.survey && !idle(snapshot); });
    send(CloseSurvey{});
    wait([](const Snapshot& snapshot) { return idle(snapshot) && says(snapshot, Severity::kWarning, "incomplete"); });
    EXPECT_EQ(session_->snapshot()->survey, nullptr);
    EXPECT_EQ(world().surveys_written.size(), 1U);
}

}  // namespace
}  // namespace gatescope
