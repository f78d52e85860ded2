// Logits against transformers' float32 (tests/golden/make_logits_golden.py).
#include <ATen/ops/logsumexp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "model/transformer/transformer.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

// float32 sums in another order; the logits themselves reach 40.
constexpr float kTolerance = 2e-3F;

class GoldenFile {
  public:
    explicit GoldenFile(const fs::path& path) : in_(path, std::ios::binary) {
        in_.exceptions(std::ios::failbit | std::ios::badbit);
    }
    template <typename T>
    std::vector<T> next(std::size_t count) {
        std::vector<T> out(count);
        in_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(count * sizeof(T)));
        return out;
    }

  private:
    std::ifstream in_;
};

const fs::path kFolder = fs::path(GATESCOPE_GOLDEN_DIR) / "logits";

at::Tensor logits_of(const fs::path& model_path, const std::vector<std::int32_t>& ids, DataType dtype) {
    JobContext job;
    const auto model = load_transformer(open_checkpoint(model_path), {"cpu", dtype}, job);
    return model->logits(model->forward({.ids = ids}, job)).contiguous();
}

TEST(LogitsGolden, RandomLlamaWithNineQueryAndThreeKeyHeads) {
    GoldenFile golden(kFolder / "tiny_llama.bin");
    const auto ids = golden.next<std::int32_t>(48);
    const auto expected = golden.next<float>(48 * 53);
    const at::Tensor logits = logits_of(kFolder / "tiny_llama.gguf", ids, DataType::kFloat32);
    ASSERT_EQ(logits.numel(), 48 * 53);
    for (std::size_t n = 0; n < expected.size(); ++n)
        ASSERT_NEAR(logits.const_data_ptr<float>()[n], expected[n], 1e-4F) << "row " << n / 53 << " column " << n % 53;
}

struct SampleGolden {
    GoldenFile file{kFolder / "smollm2.bin"};
    std::vector<std::int32_t> ids = file.next<std::int32_t>(512), columns = file.next<std::int32_t>(32);
    std::vector<float> logits = file.next<float>(512 * 32), log_sums = file.next<float>(512);
    std::vector<std::int32_t> best = file.next<std::int32_t>(512);
};

const fs::path kSample = fs::path(GATESCOPE_SAMPLE_DIR) / "SmolLM2-135M-Instruct.Q4_1.gguf";

TEST(LogitsGolden, SampleModelOn512Tokens) {
    SampleGolden golden;
    const at::Tensor logits = logits_of(kSample, golden.ids, DataType::kFloat32);
    const at::Tensor log_sums = at::logsumexp(logits, -1), best = logits.argmax(-1);
    for (std::size_t row = 0; row < 512; ++row) {
        const auto t = static_cast<std::int64_t>(row);
        for (std::size_t n = 0; n < 32; ++n)
            ASSERT_NEAR(logits[t][golden.columns[n]].item<float>(), golden.logits[row * 32 + n], kTolerance) << row;
        ASSERT_NEAR(log_sums[t].item<float>(), golden.log_sums[row], kTolerance) << row;
        ASSERT_EQ(best[t].item<std::int64_t>(), golden.best[row]) << row;
    }
}

TEST(LogitsGolden, SampleModelInBfloat16NamesTheSameTokenAlmostAlways) {
    SampleGolden golden;
    const at::Tensor best = logits_of(kSample, golden.ids, DataType::kBFloat16).argmax(-1);
    int same = 0;
    for (std::size_t row = 0; row < 512; ++row)
        same += best[static_cast<std::int64_t>(row)].item<std::int64_t>() == golden.best[row];
    EXPECT_GE(same, 480);  // 497 measured; ties are broken by rounding
}

}  // namespace
}  // namespace gatescope
