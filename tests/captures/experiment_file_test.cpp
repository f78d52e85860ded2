// Experiments, there and back.
#include "captures/experiment_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "captures/capture.h"
#include "captures/survey.h"
#include "model/core/error.h"
#include "tests/captures/experiment_equality.h"
#include "tests/support/synthetic_experiment.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ExperimentFile : public testing::Test {
  protected:
    std::shared_ptr<const ExperimentResult> there_and_back() const {
        JobContext job;
        write_experiment(result_, path_, true, job);
        return read_experiment(path_);
    }

    void edit_plan(const std::function<void(ExperimentPlan&)>& change) {
        auto plan = std::make_shared<ExperimentPlan>(*result_.plan);
        change(*plan);
        result_.plan = plan;
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "experiment.h5";
    ExperimentResult result_ = synthetic_experiment();
};

TEST_F(ExperimentFile, GivesEveryFieldBack) {
    expect_equal(result_, *there_and_back());
}

TEST_F(ExperimentFile, GivesBackWhatIsOnlyBegun) {
    result_.outcomes.clear();
    result_.summary = {};
    result_.status = "waiting";
    expect_equal(result_, *there_and_back());
    result_ = synthetic_experiment();
    for (auto& [step, outcome] : result_.outcomes) {
        outcome = {};
        outcome.step = step;
    }
    edit_plan([](ExperimentPlan& plan) {
        plan.course.seeds.clear();
        plan.course.levels.clear();
        plan.setting = {};
    });
    expect_equal(result_, *there_and_back());
}

TEST_F(ExperimentFile, GivesEachVerdictBack) {
    for (const Verdict verdict : {Verdict::kOpen, Verdict::kSupports, Verdict::kContradicts, Verdict::kUndecided}) {
        result_.summary.verdict = verdict;
        EXPECT_EQ(there_and_back()->summary.verdict, verdict);
    }
}

TEST_F(ExperimentFile, IsReadWhereNobodyKnowsTheExperimentAnyMore) {
    edit_plan([](ExperimentPlan& plan) {
        plan.setting.experiment = "no-such-experiment";
        plan.setting.scale = "huge";
        plan.setting.values["no_such_value"] = 0.5;
    });
    expect_equal(result_, *there_and_back());
}

TEST_F(ExperimentFile, KeepsGatesOfOneNameApartByTheStepThatLeftThem) {
    edit_plan([](ExperimentPlan& plan) {
        plan.folder = "/data/ann/mine/soft-gating";
        std::get<MeasureWork>(plan.steps[3].work).gates = {
            "learned:k=8,file=/data/ann/mine/soft-gating/kl-gate/gate.safetensors",
            "learned:k=8,file=\"/data/ann/mine/soft-gating/bce-gate/gate.safetensors\""};
        std::get<MeasureWork>(plan.steps[3].work).recipe.values["model.checkpoint"] =
            std::string("/data/ann/mine/soft-gating/dense-seed-0/checkpoint-400");
    });
    const auto back = there_and_back();
    EXPECT_EQ(back->plan->folder, "soft-gating");
    const auto& work = std::get<MeasureWork>(back->plan->steps[3].work);
    EXPECT_THAT(work.gates, testing::ElementsAre("learned:k=8,file=kl-gate/gate.safetensors",
                                                 "learned:k=8,file=\"bce-gate/gate.safetensors\""));
    EXPECT_EQ(text(work.recipe.values, "model.checkpoint"), "dense-seed-0/checkpoint-400");
}

TEST_F(ExperimentFile, KeepsNoFolderOfTheMachine) {
    const std::string gate = "learned:k=8,file=ann/elsewhere/gate.safetensors";
    edit_plan([&gate](ExperimentPlan& plan) {
        plan.folder = "/data/ann/mine/soft-gating";
        plan.setting.model = "ann/models/gpt2/";
        plan.setting.changes = {"data.text=ann/a.txt,/data/ann/b.txt", "gate.gate=" + gate};
        plan.setting.values["levels"] = std::string("/data/ann/levels");
        plan.course.base.values["data.text"] = std::string("ann/a.txt\n/data/ann/b.txt");
        plan.course.base.notes = "from /data/ann/notes.txt";
        plan.steps[1].title = "Train on /data/ann/a.txt";
        std::get<TrainWork>(plan.steps[1].work).recipe.arms[0].changes["gate.gate"] = gate;
        auto& request = std::get<DistillWork>(plan.steps[2].work).request;
        request.text = "ann/a.txt";
        request.out = "/data/ann/mine/soft-gating/kl-seed-0-gate/gate.safetensors";
    });
    auto curve = std::make_shared<TrainCurve>(*result_.outcomes["dense-seed-0"].curves[0]);
    curve->recipe = R"({"data": {"text": ["ann/a.txt", "ann/b.txt"]}, "model": {"checkpoint": "ann/gpt2"}})";
    result_.outcomes["dense-seed-0"].curves = {curve};
    result_.outcomes["dense-seed-0"].adopted = "/data/ann/mine/concentration/dense-seed-0";
    result_.outcomes["dense-seed-0-measured"].gates[2].gate = gate;
    result_.summary.rows[0].setting = "gpt2 of /data/ann/models/gpt2";
    result_.summary.sentence = "See /data/ann/mine/soft-gating/table.md";
    result_.command = "gatescope experiment soft-gating --model ann/gpt2 --out /data/ann/mine/soft-gating";
    const auto back = there_and_back();
    EXPECT_EQ(back->outcomes.at("dense-seed-0").adopted, "concentration/dense-seed-0");
    EXPECT_EQ(back->outcomes.at("dense-seed-0-measured").gates[2].gate, "learned:k=8,file=gate.safetensors");
    EXPECT_EQ(back->plan->setting.changes[0], "data.text=a.txt,b.txt");
    EXPECT_EQ(back->summary.sentence, "See table.md");
    EXPECT_EQ(std::get<DistillWork>(back->plan->steps[2].work).request.out, "kl-seed-0-gate/gate.safetensors");
    std::ifstream file(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("ann/"), std::string::npos);
}

TEST_F(ExperimentFile, IsToldFromOtherCaptures) {
    there_and_back();
    EXPECT_TRUE(is_experiment(path_));
    EXPECT_FALSE(is_survey(path_));
    EXPECT_FALSE(is_experiment(GATESCOPE_SAMPLE_CAPTURES "/tiny.h5"));
    const auto refused = [](const std::function<void()>& read) -> std::string {
        try {
            read();
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    };
    EXPECT_THAT(refused([this] { read_capture(path_); }), AllOf(HasSubstr("experiment.h5"), HasSubstr("Experiments")));
    EXPECT_THAT(refused([this] { read_survey(path_); }), HasSubstr("is the capture of an experiment"));
    EXPECT_THAT(refused([] { read_experiment(GATESCOPE_SAMPLE_CAPTURES "/tiny.h5"); }),
                AllOf(HasSubstr("tiny.h5"), HasSubstr("capture of a run")));
}

TEST_F(ExperimentFile, IsNoModelAndSaysWhatItIs) {
    there_and_back();
    const auto refused = [](const std::filesystem::path& path) -> std::string {
        try {
            refuse_capture_as_model(path);
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    };
    EXPECT_THAT(refused(path_), AllOf(HasSubstr("experiment.h5: is the capture of an experiment, no model"),
                                      HasSubstr("experiment --show")));
    EXPECT_THAT(refused(GATESCOPE_SAMPLE_CAPTURES "/survey.h5"), HasSubstr("is a survey of checkpoints, no model"));
    std::ofstream(path_) << "\x89HDF and no more";
    EXPECT_EQ(refused(path_), "");
    EXPECT_EQ(refused(folder_ / "none"), "");
    EXPECT_EQ(refused(folder_.path()), "");
}

TEST_F(ExperimentFile, ReplacesNothingUnlessTold) {
    there_and_back();
    JobContext job;
    EXPECT_THROW(write_experiment(result_, path_, false, job), Failure);
}

}  // namespace
}  // namespace gatescope
