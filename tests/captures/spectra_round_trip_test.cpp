// Spectra of runs and surveys, there and back.
#include <gmock/gmock.h>

#include <fstream>

#include "captures/capture.h"
#include "captures/survey.h"
#include "model/core/error.h"
#include "tests/captures/spectra_equality.h"
#include "tests/support/full_disk.h"
#include "tests/support/synthetic_spectra.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SpectraRoundTrip : public testing::Test {
  protected:
    std::shared_ptr<const RunResult> there_and_back(const RunResult& run) const {
        JobContext job;
        write_capture(run, path_, true, job);
        return read_capture(path_);
    }

    std::shared_ptr<const SpectraSurvey> there_and_back(const SpectraSurvey& survey) const {
        JobContext job;
        write_survey(survey, path_, true, job);
        return read_survey(path_);
    }

    // What of the run's spectra comes back once `change` was done to them.
    void expect_back(const std::function<void(Spectra&)>& change) const {
        RunResult run = synthetic_spectra_run();
        Spectra spectra = *run.spectra;
        change(spectra);
        spectra.request.raw = spectra.raw.has_value();
        spectra.request.folded = spectra.folded.has_value();
        spectra.request.controls = spectra.controls.has_value();
        spectra.request.activations = spectra.activations.has_value();
        spectra.request.cosines = spectra.cosines.has_value();
        run.spectra = std::make_shared<const Spectra>(spectra);
        const auto back = there_and_back(run);
        EXPECT_EQ(back->request.spectra, spectra.request);
        expect_equal(spectra, *back->spectra);
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "run.h5";
};

TEST_F(SpectraRoundTrip, OfARunGivesEveryFieldBack) {
    const RunResult run = synthetic_spectra_run();
    const auto back = there_and_back(run);
    expect_equal(run, *back);
    ASSERT_TRUE(back->spectra);
    expect_equal(*run.spectra, *back->spectra);
    EXPECT_EQ(back->request.spectra, run.request.spectra);
}

TEST_F(SpectraRoundTrip, OfARunMayLackAnyOfItsParts) {
    expect_back([](Spectra& spectra) { spectra.raw.reset(); });
    expect_back([](Spectra& spectra) { spectra.folded.reset(); });
    expect_back([](Spectra& spectra) { spectra.controls.reset(); });
    expect_back([](Spectra& spectra) { spectra.activations.reset(); });
    expect_back([](Spectra& spectra) { spectra.cosines.reset(); });
    expect_back([](Spectra& spectra) { spectra.controls->kernels.whole = {}; });
    expect_back([](Spectra& spectra) { spectra.controls->kernels.figures.clear(); });
    expect_back([](Spectra& spectra) { spectra.controls->raw_projections.reset(); });
    expect_back([](Spectra& spectra) {
        const Spectra all = spectra;
        spectra = {};
        spectra.cosines = all.cosines;
    });
}

TEST_F(SpectraRoundTrip, OfARunWithoutSpectraHasNone) {
    RunResult run = synthetic_spectra_run();
    run.spectra = nullptr;
    run.request.spectra = {};
    EXPECT_EQ(there_and_back(run)->spectra, nullptr);
}

TEST_F(SpectraRoundTrip, RefusesToWriteSpectraWithoutAPromisedFigure) {
    RunResult run = synthetic_spectra_run();
    auto spectra = std::make_shared<Spectra>(*run.spectra);
    spectra->raw->skew.ranks.erase("rank_90");
    run.spectra = spectra;
    EXPECT_THROW(there_and_back(run), Failure);
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(SpectraRoundTrip, OfASurveyGivesEveryFieldBack) {
    const SpectraSurvey survey = synthetic_survey();
    expect_equal(survey, *there_and_back(survey));
    EXPECT_TRUE(is_survey(path_));
}

TEST_F(SpectraRoundTrip, OfASurveyOfOneModelStandsAtTheRoot) {
    SpectraSurvey survey = synthetic_survey();
    survey.models.erase(survey.models.begin());
    survey.models.pop_back();
    survey.request = survey.models[0]->spectra->request;
    survey.complete = false;
    expect_equal(survey, *there_and_back(survey));
    EXPECT_TRUE(is_survey(path_));
}

TEST_F(SpectraRoundTrip, OfASurveyKeepsModelsOfOneNameApart) {
    SpectraSurvey survey = synthetic_survey();
    survey.models[1] = survey.models[0];
    const auto back = there_and_back(survey);
    EXPECT_EQ(back->models[0]->name, "small");
    EXPECT_EQ(back->models[1]->name, "small (2)");
}

TEST_F(SpectraRoundTrip, OfASurveyKeepsNoFolderOfTheMachine) {
    SpectraSurvey survey = synthetic_survey();
    survey.command = "gatescope spectra /data/ann/small --out /data/ann/s.h5";
    auto model = std::make_shared<ModelSpectra>(*survey.models[0]);
    auto summary = std::make_shared<ModelSummary>(*model->model);
    summary->name = "/data/ann/small";
    summary->config_json = R"({"_name_or_path":"/data/ann/small"})";
    model->model = summary;
    survey.models[0] = model;
    EXPECT_EQ(there_and_back(survey)->command, "gatescope spectra small --out s.h5");
    std::ifstream file(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("ann/"), std::string::npos);
}

TEST_F(SpectraRoundTrip, TellsSurveysAndRunsApart) {
    const auto refusal = [](const auto& read) -> std::string {
        try {
            read();
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    };
    there_and_back(synthetic_survey());
    EXPECT_THAT(refusal([&] { read_capture(path_); }), AllOf(HasSubstr("run.h5"), HasSubstr("is a survey")));
    there_and_back(synthetic_spectra_run());
    EXPECT_FALSE(is_survey(path_));
    EXPECT_THAT(refusal([&] { read_survey(path_); }), AllOf(HasSubstr("run.h5"), HasSubstr("capture of a run")));
    std::ofstream(path_) << "neither";
    EXPECT_THAT(refusal([&] { is_survey(path_); }), HasSubstr("is no capture"));
}

TEST_F(SpectraRoundTrip, LeavesNoFileOnAFullDisk) {
    JobContext job;
    {
        const FullDisk full(1000);
        EXPECT_THROW(write_survey(synthetic_survey(), path_, true, job), Failure);
    }
    EXPECT_THROW(write_survey({}, path_, true, job), Failure);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace gatescope
