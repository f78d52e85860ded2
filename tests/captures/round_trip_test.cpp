#include <gmock/gmock.h>
#include <hdf5.h>

#include <fstream>

#include "captures/capture.h"
#include "captures/h5.h"
#include "model/core/error.h"
#include "tests/captures/run_equality.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

std::shared_ptr<const RunResult> there_and_back(const RunResult& run, const std::filesystem::path& path) {
    JobContext job;
    write_capture(run, path, true, job);
    return read_capture(path);
}

class RoundTrip : public testing::Test {
  protected:
    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "run.h5";
};

TEST_F(RoundTrip, GivesEveryFieldBack) {
    expect_equal(synthetic_run(), *there_and_back(synthetic_run(), path_));
}

TEST_F(RoundTrip, GivesARunWithoutExtrasBack) {
    RunResult run = synthetic_run();
    run.concentration.reset();
    run.gates.clear();
    run.patterns.clear();
    run.request.gates.clear();
    run.request.layers = run.request.heads = IndexSet();
    run.request.concentration = run.request.agreement = run.request.patterns = run.request.masks = false;
    run.request.induction = false;
    expect_equal(run, *there_and_back(run, path_));
}

TEST_F(RoundTrip, NamesAGatesFileWithoutItsFolderAndByItsHash) {
    RunResult run = synthetic_run();
    run.gates.resize(1);
    run.gates[0].gate = parse_gate("learned:k=4,file=/data/ann/gate.safetensors@0");
    run.gates[0].file_sha256 = {{"/data/ann/gate.safetensors", "0123456789abcdef"}};
    run.request.gates = {run.gates[0].gate};
    const auto back = there_and_back(run, path_);
    EXPECT_EQ(print_gate(back->gates.at(0).gate), "learned:k=4,file=gate.safetensors#01234567@0");
    EXPECT_EQ(print_gate(there_and_back(*back, path_)->gates.at(0).gate), print_gate(back->gates[0].gate));
}

TEST_F(RoundTrip, HoldsNoLossesOfAModelWithoutPerplexity) {
    RunResult run = synthetic_run();
    auto model = std::make_shared<ModelSummary>(*run.model);
    model->config.lm_head = LmHead::kNone;
    run.model = model;
    run.dense = {};
    for (GateResult& gate : run.gates) {
        gate.perplexity = {};
        gate.from_dense = {};
    }
    expect_equal(run, *there_and_back(run, path_));
    const h5::Library library;
    const h5::Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    EXPECT_EQ(H5Lexists(file.id(), "/perplexity", H5P_DEFAULT), 0);
}

TEST_F(RoundTrip, KeepsAnInterruptedRunAsFarAsItCame) {
    RunResult run = synthetic_run();
    run.complete = false;
    run.windows_done = 2;
    run.dense.token_nll.resize(2);
    run.dense.estimate.windows = 2;
    run.gates[1].windows_done = 1;
    run.gates[1].perplexity.token_nll.resize(1);
    run.gates[1].perplexity.estimate.windows = 1;
    expect_equal(run, *there_and_back(run, path_));
}

TEST_F(RoundTrip, ReplacesBytesOfAPieceThatAreNotUtf8) {
    RunResult run = synthetic_run();
    auto text = std::make_shared<TextWindows>(*run.text);
    text->pieces[5] = "a\xE6\x97";
    text->pieces[6] = std::string(1, '\0');
    run.text = text;
    const auto back = there_and_back(run, path_);
    EXPECT_EQ(back->text->pieces.at(5), "a\xEF\xBF\xBD");
    EXPECT_EQ(back->text->pieces.at(6), "\xEF\xBF\xBD");
}

TEST_F(RoundTrip, WritesOneGroupForAGateThatIsThereTwice) {
    RunResult run = synthetic_run();
    run.gates.push_back(run.gates[0]);
    EXPECT_EQ(there_and_back(run, path_)->gates.size(), 2U);
}

TEST_F(RoundTrip, KeepsNoFolderOfTheMachine) {
    RunResult run = synthetic_run();
    auto model = std::make_shared<ModelSummary>(*run.model);
    model->name = "/data/ann/tiny.gguf";
    model->config_json = R"({"_name_or_path":"/data/ann/models/tiny"})";
    run.model = model;
    auto text = std::make_shared<TextWindows>(*run.text);
    text->name = "/data/ann/text.txt";
    run.text = text;
    run.command = "gatescope capture /data/ann/tiny.gguf --text ~/text.txt --out /data/ann/c.h5";
    there_and_back(run, path_);
    std::ifstream file(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("ann"), std::string::npos);
}

// What the format promises of big arrays: chunks of one head, shuffled, deflated.
TEST_F(RoundTrip, CompressesBigPatternsHeadByHead) {
    RunResult run = synthetic_run();
    auto text = std::make_shared<TextWindows>();
    *text = *run.text;
    text->windows = {std::vector<std::int32_t>(200, 1)};
    run.text = text;
    run.gates.clear();
    run.dense.token_nll = {std::vector<float>(200, 1.0F)};
    run.patterns = {std::make_shared<const WindowPatterns>(
        WindowPatterns{0, 2, 2, 200, std::vector<std::uint16_t>(2UL * 2 * 200 * 200, 0x3c00)})};
    run.windows_done = 1;
    EXPECT_EQ(there_and_back(run, path_)->patterns[0]->probabilities, run.patterns[0]->probabilities);

    const h5::Library library;
    const h5::Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const h5::Handle dataset(H5Dopen2(file.id(), "/patterns/window_0/probabilities", H5P_DEFAULT), H5Dclose);
    const h5::Handle list(H5Dget_create_plist(dataset.id()), H5Pclose);
    hsize_t chunk[4] = {};
    ASSERT_EQ(H5Pget_chunk(list.id(), 4, chunk), 4);
    EXPECT_THAT(chunk, testing::ElementsAre(1, 1, 200, 200));
    EXPECT_EQ(H5Pget_nfilters(list.id()), 2);
    EXPECT_LT(std::filesystem::file_size(path_), 100000U);
}

TEST_F(RoundTrip, LeavesAnOlderCaptureAloneWhenItIsCancelled) {
    JobContext job;
    write_capture(synthetic_run(), path_, false, job);
    const auto before = std::filesystem::last_write_time(path_);
    job.cancel();
    EXPECT_THROW(write_capture(synthetic_run(), path_, true, job), Cancelled);
    EXPECT_EQ(std::filesystem::last_write_time(path_), before);
    EXPECT_FALSE(std::filesystem::exists(path_.string() + ".partial"));
}

}  // namespace
}  // namespace gatescope
