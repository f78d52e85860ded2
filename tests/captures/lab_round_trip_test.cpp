// What the gate lab adds to a capture, there and back.
#include <gmock/gmock.h>

#include <fstream>

#include "captures/capture.h"
#include "tests/captures/run_equality.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

class LabRoundTrip : public testing::Test {
  protected:
    std::shared_ptr<const RunResult> there_and_back(const RunResult& run) const {
        JobContext job;
        write_capture(run, path_, true, job);
        return read_capture(path_);
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "run.h5";
};

TEST_F(LabRoundTrip, GivesEveryFieldBack) {
    expect_equal(synthetic_lab_run(), *there_and_back(synthetic_lab_run()));
}

TEST_F(LabRoundTrip, GivesAMapOfAllLayersBackWhereAllWereAnalysed) {
    RunResult run = synthetic_lab_run();
    run.concentration.reset();
    run.gates.clear();
    run.patterns.clear();
    run.request = {};
    run.request.window_length = 8;
    run.request.windows = 3;
    run.request.concentration = run.request.agreement = false;
    expect_equal(run, *there_and_back(run));
}

TEST_F(LabRoundTrip, GivesAMapThatIsOnlyBegunBack) {
    RunResult run = synthetic_lab_run();
    auto map = std::make_shared<SensitivityResult>(*run.sensitivity);
    map->layer_cost.assign(map->layer_cost.size(), {});
    map->head_cost.clear();
    map->proposal.reset();
    map->done = 0;
    run.sensitivity = map;
    run.complete = false;
    expect_equal(run, *there_and_back(run));
}

TEST_F(LabRoundTrip, GivesAMapOfRanksBack) {
    RunResult run = synthetic_lab_run();
    auto map = std::make_shared<SensitivityResult>(*run.sensitivity);
    map->request.gate = parse_gate("kernel-rank:r=16").terms[0];
    map->proposal->gate = parse_gate("kernel-rank:r=2@0+kernel-rank:r=4@1-2");
    map->proposal->equal = parse_gate("kernel-rank:r=3");
    run.sensitivity = map;
    expect_equal(run, *there_and_back(run));
}

TEST_F(LabRoundTrip, KeepsCurvesOfOneNameApart) {
    RunResult run = synthetic_lab_run();
    run.curves = {run.curves[0], run.curves[0], run.curves[1], run.curves[0]};
    expect_equal(run, *there_and_back(run));
}

TEST_F(LabRoundTrip, GivesACurveWithoutAReportBack) {
    RunResult run = synthetic_lab_run();
    auto curve = std::make_shared<TrainCurve>();
    curve->name = "..";
    curve->recipe = "{}";
    curve->status = "running";
    run.curves = {curve};
    expect_equal(run, *there_and_back(run));
}

// Points of a sweep: written after each, so that some have fewer windows than others.
TEST_F(LabRoundTrip, KeepsGatesInTheirOrderAndEachWithTheWindowsItHas) {
    RunResult run = synthetic_lab_run();
    const GateResult first = run.gates[1];
    run.gates.clear();
    for (const char* syntax : {"window:sinks=1,local=3", "uniform:k=4", "oracle:k=64", "oracle:k=8", "block:b=4,n=2"}) {
        run.gates.push_back(first);
        run.gates.back().gate = parse_gate(syntax);
    }
    run.gates[3].windows_done = 1;
    run.gates[3].perplexity.token_nll.resize(1);
    run.gates[3].perplexity.estimate.windows = run.gates[3].from_dense.windows = 1;
    run.gates[4].windows_done = 0;
    run.gates[4].perplexity = {};
    run.gates[4].from_dense = {};
    run.gates[4].agreement.clear();
    run.gates[4].masks = nullptr;
    run.request.gates.clear();
    for (const GateResult& gate : run.gates) run.request.gates.push_back(gate.gate);
    run.complete = false;
    expect_equal(run, *there_and_back(run));
}

TEST_F(LabRoundTrip, KeepsNoFolderOfTheMachine) {
    RunResult run = synthetic_lab_run();
    auto map = std::make_shared<SensitivityResult>(*run.sensitivity);
    map->request.gate = parse_gate("learned:k=4,file=/data/ann/gate.safetensors").terms[0];
    map->proposal->gate = parse_gate("learned:k=4,file=/data/ann/gate.safetensors@0");
    run.sensitivity = map;
    auto curve = std::make_shared<TrainCurve>(*run.curves[0]);
    curve->recipe =
        R"({"text":"ann/text.txt","out":"/data/ann/g.safetensors","gate":"learned:file=ann/g.safetensors"})";
    run.curves = {curve};
    const auto back = there_and_back(run);
    EXPECT_EQ(back->curves[0]->recipe,
              R"({"text":"text.txt","out":"g.safetensors","gate":"learned:file=g.safetensors"})");
    std::ifstream file(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("ann/"), std::string::npos);
}

}  // namespace
}  // namespace gatescope
