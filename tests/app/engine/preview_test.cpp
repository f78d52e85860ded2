// Previews of real files: random models of a few thousand parameters.
#include "app/engine/preview.h"

#include <gtest/gtest.h>

#include "app/engine/model_memory.h"
#include "app/engine/models.h"
#include "app/engine/session.h"
#include "model/core/error.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llama.h"

namespace gatescope {
namespace {

class Preview : public testing::Test {
  protected:
    std::string write(const TinyLlama& shape) {
        const auto path = folder_.path() / "model.gguf";
        tiny_llama(shape).write(path);
        return path.string();
    }
    static ModelPreview of(const std::string& path, std::uint64_t bytes_there = 0) {
        JobContext job;
        const auto model = open_model(path, false, false, {}, job);
        return preview_of(path, *model, {}, {"cpu", bytes_there, 0});
    }
    TemporaryFolder folder_;
};

TEST_F(Preview, SaysWhatTheHeadersSay) {
    const std::string path = write({});
    const ModelPreview preview = of(path);
    EXPECT_EQ(preview.path, path);
    EXPECT_EQ(preview.family_label, "Llama");
    EXPECT_EQ(preview.summary->name, "model.gguf");
    EXPECT_EQ(preview.summary->config.n_layers, 2);
    EXPECT_EQ(preview.summary->config.n_heads, 4);
    EXPECT_EQ(preview.summary->weight_dtypes, "F32");
    EXPECT_GT(preview.summary->size_bytes, preview.summary->parameter_count * 4);
    EXPECT_EQ(preview.tensors_unused, 0);
    EXPECT_EQ(preview.tensors_missing, 0);
}

TEST_F(Preview, SaysWhyThereIsNoTokenizer) {
    const ModelPreview preview = of(write({}));  // a Llama without a vocabulary
    EXPECT_EQ(preview.tokenizer_size, 0);
    EXPECT_NE(preview.no_tokenizer.find("tokenizer"), std::string::npos);
}

TEST_F(Preview, CountsTensorsThatAreMissing) {
    TinyLlama shape;
    shape.without = {"blk.0.attn_q.weight", "blk.1.ffn_up.weight"};
    EXPECT_EQ(of(write(shape)).tensors_missing, 2);
}

TEST_F(Preview, WeighsTheModelAgainstWhatIsThere) {
    const std::string path = write({});
    const ModelPreview known = of(path);
    EXPECT_LT(known.memory.weights_bfloat16, known.memory.weights_float32);
    EXPECT_LE(known.memory.weights_float32, 2 * known.memory.weights_bfloat16) << "gains stay float32";
    EXPECT_GE(known.memory.weights_float32, 4 * known.summary->parameter_count);
    EXPECT_TRUE(of(path, known.memory.needs.total()).memory.fits);
    const ModelPreview short_of_one = of(path, known.memory.needs.total() - 1);
    EXPECT_FALSE(short_of_one.memory.fits);
    EXPECT_FALSE(short_of_one.memory.offers.empty());
}

TEST_F(Preview, LongerWindowsAndTheirMapsTakeMore) {
    const ModelConfig config = of(write({})).summary->config;
    const auto working = [&](std::int64_t length, bool maps) {
        return memory_needs(config, {"float32", length, maps}).working;
    };
    EXPECT_GT(working(1024, false), working(512, false));
    EXPECT_GT(working(512, true), working(512, false));
    EXPECT_GE(working(8192, true), working(8192, false) + 2ULL * 8192 * 8192 * 4);
}

TEST_F(Preview, AClaimedSizeBeyondAllBoundsDoesNotFitAndDoesNotOverflow) {
    ModelConfig config = of(write({})).summary->config;
    config.n_heads = config.n_kv_heads = config.d_mlp = std::int64_t{1} << 40;
    const MemoryNeeds needs = memory_needs(config, {"float32", std::int64_t{1} << 40});
    EXPECT_GT(needs.working, std::uint64_t{1} << 50);
}

TEST_F(Preview, ThisMachinesMemoryIsKnown) {
    const MemoryThere there = memory_there("cpu");
    EXPECT_EQ(there.device, "cpu");
    EXPECT_GT(there.bytes, std::uint64_t{1} << 20);
    EXPECT_THROW(memory_there("abacus"), Failure);
}

TEST_F(Preview, TheCommandLineRefusesAWindowThatNoMachineHasRoomFor) {
    JobContext job;
    const auto model = open_model(write({}), false, false, {}, job);
    DeviceWish wish{"cpu", "float32", 0, std::int64_t{1} << 40, false};
    try {
        load_weights(*model, false, wish, job);
        FAIL() << "loaded";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kResource);
        EXPECT_NE(std::string(failure.what()).find("model.gguf: float32 with windows of"), std::string::npos);
    }
    EXPECT_EQ(model->transformer, nullptr);
}

}  // namespace
}  // namespace gatescope
