#include "model/transformer/embedding_rows.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/from_blob.h>
#include <gtest/gtest.h>

#include <chrono>
#include <numeric>

#include "model/core/error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

const std::vector<std::int32_t> kIds = {4, 0, 4, 2};

struct Embedding {
    Embedding() : values(15) {
        std::iota(values.begin(), values.end(), 0.0F);
        path = GgufBuilder().add_tensor_f32("w", {5, 3}, values).write(folder / "m.gguf");
        checkpoint = open_checkpoint(path);
        config.d_model = 3;
        config.d_head = 1;
    }
    EmbeddingRows in_file(at::ScalarType dtype) const {
        return {checkpoint, config, {{Weight::kEmbedding, -1, {5, 3}}, checkpoint->find("w"), {.name = "w"}}, dtype};
    }

    TemporaryFolder folder;
    std::vector<float> values;
    std::filesystem::path path;
    std::shared_ptr<const CheckpointReader> checkpoint;
    ModelConfig config;
};

TEST(EmbeddingRows, OfAFileAreThoseOfTheMatrix) {
    Embedding embedding;
    const at::Tensor rows_VD = at::from_blob(embedding.values.data(), {5, 3}, at::kFloat);
    const at::Tensor wanted_TD = EmbeddingRows(rows_VD).select(kIds);
    EXPECT_EQ(wanted_TD.size(0), 4);
    EXPECT_TRUE(at::equal(embedding.in_file(at::kFloat).select(kIds), wanted_TD));
    EXPECT_TRUE(at::equal(embedding.in_file(at::kBFloat16).select(kIds), wanted_TD.to(at::kBFloat16)));
}

TEST(EmbeddingRows, OfAFileThatWasWrittenAnewAreRefused) {
    Embedding embedding;
    const EmbeddingRows rows = embedding.in_file(at::kFloat);
    std::filesystem::last_write_time(embedding.path,
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    EXPECT_THROW(rows.select(kIds), Failure);
}

}  // namespace
}  // namespace gatescope
