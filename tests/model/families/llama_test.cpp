// A Llama GGUF's metadata and tensors, honest and lying. Each lie must name the key or tensor at fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/families/families.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llama.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<CheckpointReader> open(const GgufBuilder& builder) {
    const TemporaryFolder folder;
    return open_checkpoint(builder.write(folder / "model.gguf"));  // the mapping outlives the name
}

TEST(Llama, ReadsTheShapeOfTheModel) {
    TinyLlama tiny;
    tiny.sliding_window = 17;
    const ModelConfig config = read_config(*open(tiny_llama(tiny)));
    EXPECT_EQ(config.family, "llama");
    EXPECT_EQ(config.n_layers, 2);
    EXPECT_EQ(config.n_heads, 4);
    EXPECT_EQ(config.n_kv_heads, 2);
    EXPECT_EQ(config.d_model, 32);
    EXPECT_EQ(config.d_head, 8);
    EXPECT_EQ(config.d_mlp, 48);
    EXPECT_EQ(config.d_vocab, 50);
    EXPECT_EQ(config.n_ctx, 256);
    EXPECT_EQ(config.rope_dims, 8);
    EXPECT_EQ(config.sliding_window, 17);
    EXPECT_DOUBLE_EQ(config.attention_scale, 1 / std::sqrt(8.0));
    EXPECT_NEAR(config.norm_epsilon, 1e-5, 1e-11);
    EXPECT_TRUE(config.tied_embeddings);
}

TEST(Llama, TakesHeadLengthFromTheFileWhereItIsGiven) {
    TinyLlama tiny;
    const ModelConfig config = read_config(*open(tiny_llama(tiny).add_u32("llama.attention.key_length", 6)));
    EXPECT_EQ(config.d_head, 6);
    EXPECT_EQ(config.rope_dims, 6);
}

TEST(Llama, HasUntiedEmbeddingsWhereTheFileHasAnOutputMatrix) {
    TinyLlama tiny;
    tiny.tied = false;
    EXPECT_FALSE(read_config(*open(tiny_llama(tiny))).tied_embeddings);
}

TEST(Llama, HasAsManyKeyHeadsAsHeadsUnlessToldOtherwise) {
    TinyLlama tiny;
    tiny.without = {"llama.attention.head_count_kv"};
    EXPECT_EQ(read_config(*open(tiny_llama(tiny))).n_kv_heads, 4);
}

TEST(Llama, ListsTensorsThatAreMissingAndThoseThatNobodyUses) {
    TinyLlama tiny;
    tiny.without = {"blk.1.ffn_up.weight"};
    const std::vector<float> values(4, 1.0F);
    const TensorUse use = tensor_use(*open(tiny_llama(tiny).add_tensor_f32("extra.weight", {4}, values)));
    EXPECT_THAT(use.missing, ElementsAre("blk.1.ffn_up.weight"));
    EXPECT_THAT(use.unused, ElementsAre("extra.weight"));
}

TEST(Llama, ListsTensorsOfAnotherShape) {
    TinyLlama tiny;
    tiny.without = {"blk.1.ffn_norm.weight"};
    const std::vector<float> values(4, 1.0F);
    const TensorUse use = tensor_use(*open(tiny_llama(tiny).add_tensor_f32("blk.1.ffn_norm.weight", {4}, values)));
    EXPECT_THAT(use.odd, ElementsAre("blk.1.ffn_norm.weight has shape [4]; the metadata asks for [32]"));
    EXPECT_THAT(use.missing, IsEmpty());
}

TEST(Llama, BindsEveryWeightToItsTensor) {
    const auto checkpoint = open(tiny_llama({}));
    const auto bound = bind_tensors(*checkpoint, read_config(*checkpoint));
    EXPECT_EQ(bound.size(), checkpoint->tensors().size());
    for (const BoundTensor& tensor : bound) EXPECT_EQ(tensor.info->shape, tensor.canonical.shape) << tensor.info->name;
}

struct Lie {
    const char* name;
    std::function<GgufBuilder()> model;
    FailureKind kind;
    const char* message;  // part of the line
};

void PrintTo(const Lie& lie, std::ostream* out) {
    *out << lie.name;
}

GgufBuilder with(const std::function<void(TinyLlama&)>& change) {
    TinyLlama tiny;
    change(tiny);
    return tiny_llama(tiny);
}

// A model with one whole-number key said otherwise.
GgufBuilder saying(const std::string& key, std::uint32_t value) {
    return with([&](TinyLlama& tiny) { tiny.without = {key}; }).add_u32(key, value);
}

GgufBuilder without(const std::string& name) {
    return with([&](TinyLlama& tiny) { tiny.without = {name}; });
}

GgufBuilder with_epsilon(float value) {
    const std::string key = "llama.attention.layer_norm_rms_epsilon";
    return without(key).add_f32(key, value);
}

const std::vector<float> kEight(8, 1.0F);
constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
constexpr auto kBroken = FailureKind::kBadFile;
constexpr auto kNotServed = FailureKind::kUnsupported;

const Lie kLies[] = {
    {"NoArchitecture", [] { return without("general.architecture"); }, kBroken, "names no architecture"},
    {"UnknownArchitecture",
     [] { return without("general.architecture").add_string("general.architecture", "nonesuch"); }, kNotServed,
     "unknown architecture \"nonesuch\"; known: gpt2,"},
    {"ArchitectureIsANumber", [] { return without("general.architecture").add_u32("general.architecture", 5); },
     kBroken, "general.architecture is not a text"},
    {"NoHeads", [] { return without("llama.attention.head_count"); }, kBroken, "lacks llama.attention.head_count"},
    {"ZeroHeads", [] { return saying("llama.attention.head_count", 0); }, kBroken, "llama.attention.head_count is 0"},
    {"HeadsDoNotDivide", [] { return saying("llama.attention.head_count", 7); }, kBroken, "not a multiple"},
    {"HugeHeads", [] { return saying("llama.attention.head_count", 1U << 31U); }, kBroken, "head_count is 2147483648"},
    {"KeyHeadsDoNotDivide", [] { return saying("llama.attention.head_count_kv", 3); }, kBroken, "not a multiple"},
    {"ZeroKeyHeads", [] { return saying("llama.attention.head_count_kv", 0); }, kBroken, "head_count_kv is 0"},
    {"HugeLayers", [] { return saying("llama.block_count", kMost); }, kBroken, "llama.block_count is 4294967295"},
    {"MoreLayersThanTensors", [] { return saying("llama.block_count", 3); }, kBroken, "missing tensor blk.2.attn_norm"},
    {"FewerLayersThanTensors", [] { return saying("llama.block_count", 1); }, kNotServed, "tensor blk.1."},
    {"HugeWidth", [] { return saying("llama.embedding_length", kMost - 3); }, kBroken, "embedding_length"},
    {"OtherWidth", [] { return saying("llama.embedding_length", 64); }, kBroken,
     "token_embd.weight has shape [50, 32]"},
    {"OtherMlp", [] { return saying("llama.feed_forward_length", 49); }, kBroken,
     "tensor blk.0.ffn_gate.weight has shape [48, 32]; the metadata asks for [49, 32]"},
    {"OddRotation", [] { return saying("llama.rope.dimension_count", 5); }, kBroken, "RoPE rotates 5 channels"},
    {"RotationBeyondTheHead", [] { return saying("llama.rope.dimension_count", 10); }, kBroken, "RoPE rotates 10"},
    {"OtherVocabulary", [] { return saying("llama.vocab_size", 49); }, kBroken, "llama.vocab_size is 49"},
    {"EpsilonNaN", [] { return with_epsilon(std::numeric_limits<float>::quiet_NaN()); }, kBroken, "rms_epsilon"},
    {"EpsilonNegative", [] { return with_epsilon(-1e-5F); }, kBroken, "layer_norm_rms_epsilon"},
    {"BaseNegative", [] { return without("llama.rope.freq_base").add_f32("llama.rope.freq_base", -1.0F); }, kBroken,
     "llama.rope.freq_base"},
    {"BaseIsText", [] { return without("llama.rope.freq_base").add_string("llama.rope.freq_base", "1e4"); }, kBroken,
     "llama.rope.freq_base"},
    {"NoEmbedding", [] { return without("token_embd.weight"); }, kBroken, "missing tensor token_embd.weight"},
    {"NoUpProjection", [] { return without("blk.1.ffn_up.weight"); }, kBroken, "missing tensor blk.1.ffn_up.weight"},
    {"RopeScaling", [] { return tiny_llama({}).add_string("llama.rope.scaling.type", "yarn"); }, kNotServed,
     "RoPE scaling \"yarn\""},
    {"RopeFactors", [] { return tiny_llama({}).add_tensor_f32("rope_freqs.weight", {8}, kEight); }, kBroken,
     "rope_freqs.weight doesn't have 4 numbers"},
    {"Experts", [] { return tiny_llama({}).add_u32("llama.expert_count", 8); }, kNotServed, "mixture of experts"},
    {"BiasOfOtherShape", [] { return tiny_llama({}).add_tensor_f32("blk.0.attn_q.bias", {8}, kEight); }, kBroken,
     "tensor blk.0.attn_q.bias has shape [8]; the metadata asks for [32]"},
    {"NormOfHeads", [] { return tiny_llama({}).add_tensor_f32("blk.0.attn_q_norm.weight", {8}, kEight); }, kNotServed,
     "tensor blk.0.attn_q_norm.weight is no part of a plain Llama"},
};

class LyingLlama : public testing::TestWithParam<Lie> {};

TEST_P(LyingLlama, IsRefusedByTheNameOfWhatIsWrong) {
    const auto checkpoint = open(GetParam().model());
    try {
        bind_tensors(*checkpoint, read_config(*checkpoint));
        FAIL() << "was taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), GetParam().kind) << failure.what();
        EXPECT_THAT(failure.what(), HasSubstr(GetParam().message));
    }
}

INSTANTIATE_TEST_SUITE_P(Llama, LyingLlama, testing::ValuesIn(kLies),
                         [](const auto& lie) { return std::string(lie.param.name); });

}  // namespace
}  // namespace gatescope
