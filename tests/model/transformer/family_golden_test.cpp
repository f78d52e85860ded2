// Every family and variant against transformers' float32 (tests/golden/make_family_goldens.py): logits, or final hidden
// states where a checkpoint has no LM head.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"
#include "tests/model/transformer/family_checkpoints.h"

namespace gatescope {
namespace {

using namespace testing_support;

constexpr float kTolerance = 1e-4F;  // of the largest value

class Expected {
  public:
    explicit Expected(const std::filesystem::path& path) : in_(path, std::ios::binary) {
        in_.exceptions(std::ios::failbit | std::ios::badbit);
        const auto sizes = next<std::int32_t>(3);
        ids = next<std::int32_t>(sizes[0]);
        rows = next<std::int32_t>(sizes[1]);
        width = sizes[2];
        values = next<float>(sizes[1] * width);
    }
    std::vector<std::int32_t> ids, rows;
    std::int64_t width = 0;
    std::vector<float> values;

  private:
    template <typename T>
    std::vector<T> next(std::int64_t count) {
        std::vector<T> out(static_cast<std::size_t>(count));
        in_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(T)));
        return out;
    }
    std::ifstream in_;
};

void expect_agreement(const std::shared_ptr<const CheckpointReader>& checkpoint, const Expected& expected) {
    JobContext job;
    const auto model = load_transformer(checkpoint, {"cpu", DataType::kFloat32}, job);
    const at::Tensor hidden = model->forward({.ids = expected.ids}, job);
    const bool headless = model->config().lm_head == LmHead::kNone;
    const at::Tensor got = (headless ? hidden : model->logits(hidden)).contiguous();
    ASSERT_EQ(got.size(1), expected.width);
    float largest = 0, error = 0;
    for (std::size_t n = 0; n < expected.values.size(); ++n) {
        const auto width = static_cast<std::size_t>(expected.width);
        const auto at = static_cast<std::size_t>(expected.rows[n / width]) * width + n % width;
        largest = std::max(largest, std::abs(expected.values[n]));
        error = std::max(error, std::abs(got.const_data_ptr<float>()[at] - expected.values[n]));
    }
    EXPECT_LE(error, kTolerance * largest) << error / largest << " of the largest value, " << largest;
}

class FamilyGolden : public testing::TestWithParam<std::string> {};

TEST_P(FamilyGolden, AgreesWithTransformers) {
    expect_agreement(open_family_checkpoint(GetParam()), Expected(family_folder() / GetParam() / "expected.bin"));
}

INSTANTIATE_TEST_SUITE_P(Families, FamilyGolden, testing::ValuesIn(family_checkpoints()),
                         [](const auto& name) { return name.param; });

// tests/golden/make_written_golden.py: the program's own checkpoints, in transformers.
TEST(WrittenGolden, AgreesWithTransformers) {
    const std::filesystem::path written = std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "written";
    for (const char* name : {"gpt2", "gpt2_tied", "llama", "llama_tied", "trained"}) {
        SCOPED_TRACE(name);
        expect_agreement(open_checkpoint(written / name), Expected(written / name / "expected.bin"));
    }
}

// The checkpoint of a training run, with the tokenizer that was trained for it.
TEST(WrittenGolden, HasTheIdsThatTransformersTokenizerGives) {
    const std::filesystem::path trained = std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "written/trained";
    std::ifstream file(trained / "text.txt", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(make_tokenizer(*open_checkpoint(trained))->encode(text), Expected(trained / "expected.bin").ids);
}

TEST(FamilyGoldens, HaveACheckpointOfEveryFamilyAndDialect) {
    std::vector<std::string> missing;
    for (const Family& family : families()) {
        const auto has = [](const std::string& start) {
            const auto names = family_checkpoints();
            return std::any_of(names.begin(), names.end(), [&](const std::string& n) { return n.starts_with(start); });
        };
        if (family.config_json && !has(family.id)) missing.push_back(family.id);
        if (family.gguf && !has("gguf_" + family.gguf->architecture)) missing.push_back("gguf " + family.id);
    }
    EXPECT_TRUE(missing.empty()) << missing.front();
}

}  // namespace
}  // namespace gatescope
