// Spectra, components and surveys of the whole engine: real kernels, real passes, real captures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "captures/capture.h"
#include "captures/survey.h"
#include "tests/app/engine/engine_fixture.h"

namespace gatescope {
namespace {

using testing::HasSubstr;
using testing::NanSensitiveFloatEq;
using testing::Pointwise;

const std::vector<float>& skew_fractions(const std::optional<WeightSpectra>& spectra) {
    return spectra->figures.at("skew_fraction").values;
}

class EngineSpectra : public EngineFixture {
  protected:
    Picture measure(const SpectraRequest& request) {
        session_->send(MeasureSpectra{request});
        return wait([&](const Snapshot& snapshot) {
            return snapshot.spectra && snapshot.spectra->spectra->request == request && snapshot.jobs.empty();
        });
    }
    Picture wait_for_message(const std::string& part) {
        return wait([&](const Snapshot& snapshot) {
            return !snapshot.messages.empty() && snapshot.messages.back().text.find(part) != std::string::npos;
        });
    }
};

TEST_F(EngineSpectra, AreInTheRunAndInItsCapture) {
    const SpectraRequest all{.raw = true, .folded = true, .controls = true, .activations = true, .cosines = true};
    const Picture picture = measure(all);
    const Spectra& shown = *picture->spectra->spectra;
    EXPECT_EQ(picture->run->spectra, picture->spectra->spectra);
    ASSERT_EQ(skew_fractions(shown.raw).size(), 8U);
    EXPECT_EQ(shown.activations->windows, 4);
    EXPECT_EQ(shown.activations->capacity, 16);
    EXPECT_THAT(picture->command_line, HasSubstr("--weight-spectra --spectra-controls --activation-spectra --cosines"));
    session_->send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& snapshot) { return snapshot.gate_a && snapshot.run->complete; });
    session_->send(ExportCapture{path("run.h5")});
    wait_for_message("Wrote run.h5");
    const auto stored = read_capture(path("run.h5"));
    ASSERT_NE(stored->spectra, nullptr);
    EXPECT_EQ(stored->spectra->request, all);
    EXPECT_EQ(stored->gates.size(), 1U);
    EXPECT_THAT(skew_fractions(stored->spectra->folded),
                Pointwise(NanSensitiveFloatEq(), skew_fractions(shown.folded)));
    EXPECT_THAT(stored->spectra->activations->skew.ranks.at("effective_rank").values,
                Pointwise(NanSensitiveFloatEq(), shown.activations->skew.ranks.at("effective_rank").values));
}

TEST_F(EngineSpectra, AnOffsetTurnsTheKernelsAndComesBackToTheSameNumbers) {
    const std::vector<float> at_0 = skew_fractions(measure({.raw = true})->spectra->spectra->raw);
    const std::vector<float> at_3 = skew_fractions(measure({.raw = true, .delta = 3})->spectra->spectra->raw);
    EXPECT_NE(at_0, at_3);
    EXPECT_EQ(skew_fractions(measure({.raw = true})->spectra->spectra->raw), at_0);
}

TEST_F(EngineSpectra, ComponentsOfAHeadHaveTheWindowsTokens) {
    session_->send(ShowComponents{{.layer = 1, .head = 2, .window = 1, .count = 2, .tokens = 3}});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return snapshot.components && !snapshot.components->ids.empty(); });
    const HeadComponents& head = *picture->components;
    EXPECT_EQ(head.ids, picture->run->text->windows[1]);
    ASSERT_EQ(head.planes.size(), 2U);
    EXPECT_EQ(head.planes[0].tokens.size(), head.ids.size());
    EXPECT_EQ(head.planes[0].sides[0].size(), 3U);
    session_->send(ShowComponents{{.layer = 7}});
    wait([](const Snapshot& snapshot) {
        return !snapshot.messages.empty() && snapshot.messages.back().severity == Severity::kError;
    });
}

TEST_F(EngineSpectra, ASurveyLeavesABrokenCheckpointOutAndItsCaptureIsOpenedAgain) {
    write_model("other.gguf", 2);
    std::ofstream(path("broken.gguf")) << "GGUF, or so it says";
    session_->send(StartSurvey{{path("model.gguf"), path("broken.gguf"), path("other.gguf")},
                               {.raw = true, .delta = 2},
                               path("all.h5"),
                               false});
    const Picture picture = wait_for_message("Surveyed 2 checkpoints into all.h5");
    EXPECT_THAT(picture->messages.front().text, HasSubstr("broken.gguf"));
    const auto stored = read_survey(path("all.h5"));
    EXPECT_TRUE(stored->complete);
    EXPECT_EQ(stored->command, "gatescope spectra model.gguf other.gguf --raw --delta 2 --out all.h5");
    ASSERT_EQ(stored->models.size(), 2U);
    EXPECT_NE(stored->models[0]->model->sha256, stored->models[1]->model->sha256);
    EXPECT_EQ(skew_fractions(stored->models[0]->spectra->raw),
              skew_fractions(measure({.raw = true, .delta = 2})->spectra->spectra->raw));
    session_->send(CloseSurvey{});
    session_->send(OpenCapture{path("all.h5")});
    EXPECT_EQ(wait_for_message("is a survey of 2 checkpoints")->survey->models[1]->name, "other.gguf");
}

}  // namespace
}  // namespace gatescope
