// A run's folder opened as a model: its last whole checkpoint, whatever lies beside the weights.
#include <gtest/gtest.h>

#include "app/engine/models.h"
#include "app/engine/runs/run_folder.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/output_file.h"
#include "model/transformer/transformer.h"
#include "tests/support/scratch_models.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

// A run with checkpoints of two models; with their arrays beside them, as a training leaves them.
void make_run(const fs::path& folder) {
    RunFolder run = RunFolder::create(folder, train_plans(default_recipe()).front(), false);
    std::int64_t step = 0;
    for (const ScratchModel& model : scratch_models()) {
        run.write_checkpoint(step += 10, [&](const fs::path& scratch) {
            write_scratch_model(scratch, model);
            for (const char* more : {"trainer.safetensors", "gate.safetensors", "trainer.json"})
                write_output_file(scratch / more, "not weights", false);
        });
    }
}

std::unique_ptr<Model> open(const fs::path& path, bool load = false) {
    JobContext job;
    return open_model(path.string(), load, false, {.device = "cpu", .window_length = 24}, job);
}

TEST(RunModels, AreThoseOfTheLastCheckpoint) {
    const TemporaryFolder folder;
    make_run(folder / "run");
    const auto model = open(folder / "run", true);
    EXPECT_EQ(model->summary->name, "run checkpoint-40");
    EXPECT_EQ(model->summary->architecture, "llama");
    EXPECT_EQ(model->reader->folder(), folder / "run/checkpoint-40");
    ASSERT_NE(model->transformer, nullptr);
    EXPECT_TRUE(model->transformer->config().tied_embeddings);
    EXPECT_TRUE(tensor_report(*model).unused.empty());
}

TEST(RunModels, AreThoseOfACheckpointThatIsNamed) {
    const TemporaryFolder folder;
    make_run(folder / "run");
    const auto model = open(folder / "run/checkpoint-10");
    EXPECT_EQ(model->summary->name, "run checkpoint-10");
    EXPECT_EQ(model->summary->architecture, "gpt2");
}

TEST(RunModels, PassOverACheckpointThatIsNotWhole) {
    const TemporaryFolder folder;
    make_run(folder / "run");
    fs::create_directories(folder / "run/checkpoint-50.partial");
    EXPECT_EQ(open(folder / "run")->summary->name, "run checkpoint-40");
}

TEST(RunModels, AreAskedForByNameWhereAFolderHoldsSeveralRuns) {
    const TemporaryFolder folder;
    make_run(folder / "runs/dense");
    make_run(folder / "runs/soft");
    try {
        (void)open(folder / "runs");
        FAIL() << "opened";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUsage);
        EXPECT_EQ(std::string(failure.what()),
                  (folder / "runs").string() + ": holds 2 runs; name one of them: dense, soft");
    }
}

}  // namespace
}  // namespace gatescope
