// Models written as Hugging Face folders: every family's golden checkpoint goes out and comes back.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <map>
#include <string>

#include "model/core/error.h"
#include "tests/model/transformer/family_checkpoints.h"
#include "tests/model/transformer/written_model.h"
#include "tests/support/same_config.h"
#include "tests/support/scratch_models.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using namespace testing_support;

std::vector<std::string> hf_checkpoints() {
    std::vector<std::string> out;
    for (const std::string& name : family_checkpoints())
        if (!name.starts_with("gguf_")) out.push_back(name);
    return out;
}

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

// Names and shapes of what a model is made of, as transformers' class names them.
Shapes used_shapes(const CheckpointReader& checkpoint) {
    const ModelConfig config = read_config(checkpoint);
    std::string (*plain_name)(const std::string&) = nullptr;
    for (const Family& family : families())
        if (family.id == config.family) plain_name = family.config_json->plain_name;
    Shapes out;
    for (const BoundTensor& tensor : bind_tensors(checkpoint, config))
        out[plain_name(tensor.info->name)] = tensor.info->shape;
    return out;
}

class WrittenModels : public testing::TestWithParam<std::string> {
  protected:
    TemporaryFolder folder_;
};

TEST_P(WrittenModels, ComeBackToTheBit) {
    const auto checkpoint = open_family_checkpoint(GetParam());
    const auto again = write_again(*checkpoint, folder_.path());
    const CanonicalValues before = canonical_values(*checkpoint), after = canonical_values(*again);
    ASSERT_EQ(before.values.size(), after.values.size());
    for (std::size_t n = 0; n < before.values.size(); ++n) {
        EXPECT_EQ(before.canonical[n].weight, after.canonical[n].weight);
        EXPECT_TRUE(at::equal(before.values[n], after.values[n])) << n;
    }
}

TEST_P(WrittenModels, HaveTheNamesAndShapesOfTheOriginal) {
    const auto checkpoint = open_family_checkpoint(GetParam());
    const auto again = write_again(*checkpoint, folder_.path());
    Shapes names;
    for (const TensorInfo& tensor : again->tensors()) {
        names[tensor.name] = tensor.shape;
        EXPECT_EQ(tensor.dtype, "F32");
    }
    Shapes wanted = used_shapes(*checkpoint);
    // The one bias that goes by two names is written under both.
    const std::string bias = "cls.predictions.bias", same = "cls.predictions.decoder.bias";
    if (wanted.contains(bias) || wanted.contains(same)) wanted[bias] = wanted[same] = {read_config(*again).d_vocab};
    EXPECT_EQ(names, wanted);
}

TEST_P(WrittenModels, KeepTheirConfigButForTypeAndTies) {
    const auto checkpoint = open_family_checkpoint(GetParam());
    const auto again = write_again(*checkpoint, folder_.path());
    nlohmann::json before = checkpoint->metadata(), after = again->metadata();
    EXPECT_EQ(after.contains("dtype") ? after["dtype"] : after["torch_dtype"], "float32");
    for (const char* changed : {"dtype", "torch_dtype", "tie_word_embeddings"}) {
        before.erase(changed);
        after.erase(changed);
    }
    EXPECT_EQ(before, after);
}

INSTANTIATE_TEST_SUITE_P(Families, WrittenModels, testing::ValuesIn(hf_checkpoints()),
                         [](const auto& name) { return name.param; });

TEST(WrittenModel, SaysThatItIsNotTiedWhereItBringsAMatrixOfItsOwn) {
    const TemporaryFolder folder;
    const auto again = write_again(*open_family_checkpoint("llama_own_head"), folder.path());
    EXPECT_EQ(again->metadata().at("tie_word_embeddings"), false);
    EXPECT_NE(again->find("lm_head.weight"), nullptr);
}

class WrittenFromGguf : public testing::TestWithParam<std::string> {};

TEST_P(WrittenFromGguf, ComesBackToTheBit) {
    const TemporaryFolder folder;
    const auto checkpoint = open_family_checkpoint(GetParam());
    const auto again = write_again(*checkpoint, folder.path());
    const CanonicalValues before = canonical_values(*checkpoint), after = canonical_values(*again);
    EXPECT_TRUE(same_config(before.config, after.config));
    ASSERT_EQ(before.values.size(), after.values.size());
    for (std::size_t n = 0; n < before.values.size(); ++n)
        EXPECT_TRUE(at::equal(before.values[n], after.values[n])) << n;
}

INSTANTIATE_TEST_SUITE_P(Families, WrittenFromGguf,
                         testing::Values("gguf_gpt2", "gguf_llama_linear", "gguf_qwen2", "gguf_qwen3", "gguf_olmo2"),
                         [](const auto& name) { return name.param; });

std::string refusal(const std::string& name) {
    const auto checkpoint = open_family_checkpoint(name);
    try {
        (void)hf_config_text(read_config(*checkpoint), checkpoint.get());
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "written";
}

TEST(WrittenFromGguf, IsRefusedInOneLineWhereNoConfigCanSayWhatItIs) {
    EXPECT_EQ(refusal("gguf_llama_biases"),
              "config.json can't say a table of RoPE frequencies (rope_freqs); train from a Hugging Face folder of the "
              "model");
    EXPECT_EQ(
        refusal("gguf_bert"),
        "a BERT without a config.json can't be written as a Hugging Face folder; train from a Hugging Face folder "
        "of the model; without one: GPT-2, Llama, Qwen 2, Qwen 3, OLMo 2");
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Those files are what transformers was held to.
TEST(WrittenModel, FromScratchIsToTheByteWhatTransformersLoaded) {
    const std::filesystem::path golden = std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "written";
    const TemporaryFolder folder;
    for (const ScratchModel& model : scratch_models()) {
        write_scratch_model(folder / model.name, model);
        for (const char* file : {"config.json", "model.safetensors"}) {
            EXPECT_FALSE(bytes_of(golden / model.name / file).empty());
            EXPECT_EQ(bytes_of(folder / model.name / file), bytes_of(golden / model.name / file)) << model.name;
        }
    }
}

TEST(WrittenModel, OfATrainingRunIsWrittenAgainToTheByte) {
    const std::filesystem::path golden = std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "written/trained";
    const TemporaryFolder folder;
    (void)write_again(*open_checkpoint(golden), folder.path());
    for (const char* file : {"config.json", "model.safetensors"})
        EXPECT_EQ(bytes_of(folder / file), bytes_of(golden / file)) << file;
}

TEST(WrittenModel, KeepsTheFilesThatAreThereWhereAValueIsNotFinite) {
    const TemporaryFolder folder;
    const auto checkpoint = open_family_checkpoint("gpt2");
    (void)write_again(*checkpoint, folder.path());
    CanonicalValues model = canonical_values(*checkpoint);
    const auto before = model.values[3].clone();
    model.values[3].data_ptr<float>()[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(write_hf_model(folder.path(), model.config, "{}", model.borrowed()), Failure);
    EXPECT_TRUE(at::equal(canonical_values(*open_checkpoint(folder.path())).values[3], before));
}

TEST(WrittenModel, LosesBitsOnlyWhereGainsAreKeptLessOne) {
    const auto keeps = [](const std::string& name) {
        return hf_keeps_every_bit(read_config(*open_family_checkpoint(name)));
    };
    EXPECT_TRUE(keeps("gpt2"));
    EXPECT_TRUE(keeps("llama_biases"));
    EXPECT_FALSE(keeps("gemma2"));
}

}  // namespace
}  // namespace gatescope
