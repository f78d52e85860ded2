// Models that begin here: their configs, and what is refused.
#include "model/families/scratch.h"

#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/families/canonical_tensors.h"
#include "model/families/families.h"
#include "model/families/hf_writer.h"
#include "tests/support/memory_checkpoint.h"
#include "tests/support/same_config.h"

namespace gatescope {
namespace {

ScratchShape shape(const std::string& family) {
    return {.family = family, .n_layers = 4, .n_heads = 4, .d_model = 128, .n_ctx = 256};
}

std::string refusal(const ScratchShape& of, std::int64_t d_vocab = 4096) {
    try {
        (void)scratch_config(of, d_vocab);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUsage);
        return failure.what();
    }
    return "made";
}

std::int64_t parameters(const ModelConfig& config) {
    std::int64_t out = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        std::int64_t count = 1;
        for (const std::int64_t size : tensor.shape) count *= size;
        out += count;
    }
    return out;
}

TEST(ScratchModels, AreOfTheFamiliesThatOfferIt) {
    EXPECT_EQ(scratch_families(), (std::vector<std::string>{"gpt2", "llama"}));
}

TEST(ScratchModels, HaveGpt2sPartsWithAnUnembeddingOfTheirOwn) {
    const ModelConfig config = scratch_config(shape("gpt2"), 4096);
    EXPECT_TRUE(config.learned_positions);
    EXPECT_EQ(config.norm, NormKind::kLayer);
    EXPECT_EQ(config.activation, Activation::kGeluTanh);
    EXPECT_FALSE(config.tied_embeddings);
    EXPECT_EQ(config.d_mlp, 512);
    EXPECT_EQ(config.n_kv_heads, 4);
    // Embedding and unembedding, positions, four layers of 12 D^2 + 13 D, the last norm.
    EXPECT_EQ(parameters(config), 2 * 4096 * 128 + 256 * 128 + 4 * (12 * 128 * 128 + 13 * 128) + 2 * 128);
}

TEST(ScratchModels, HaveLlamasPartsWithSharedKeys) {
    ScratchShape wanted = shape("llama");
    wanted.n_kv_heads = 2;
    wanted.tied_embeddings = true;
    const ModelConfig config = scratch_config(wanted, 1000);
    EXPECT_FALSE(config.learned_positions);
    EXPECT_EQ(config.rope_dims, 32);
    EXPECT_TRUE(config.gated_mlp);
    EXPECT_EQ(config.d_mlp, 352);
    EXPECT_EQ(parameters(config), 1000 * 128 + 4 * (3 * 128 * 128 + 3 * 128 * 352 + 2 * 128) + 128);
}

TEST(ScratchModels, AreWrittenWithAConfigThatSaysTheSameModel) {
    for (const std::string& family : scratch_families()) {
        for (const bool tied : {false, true}) {
            ScratchShape wanted = shape(family);
            wanted.tied_embeddings = tied;
            const ModelConfig config = scratch_config(wanted, 300);
            const auto json = nlohmann::json::parse(hf_config_text(config, nullptr));
            std::vector<TensorInfo> tensors;
            for (const CanonicalTensor& tensor : canonical_tensors(config))
                for (const Family& entry : families())
                    if (entry.id == family)
                        tensors.push_back({entry.config_json->stored(tensor, config).name, {}, "F32"});
            const ModelConfig back = read_config(MemoryCheckpoint(MetadataKind::kConfigJson, json, tensors));
            EXPECT_TRUE(same_config(back, config)) << family;
        }
    }
}

TEST(ScratchModels, NameTheFieldThatIsWrongAndWhatIsAllowed) {
    ScratchShape odd = shape("gpt2");
    odd.d_model = 130;
    EXPECT_EQ(refusal(odd), "d_model: 130 doesn't divide into 4 heads (n_heads); a multiple of n_heads is allowed");
    odd = shape("gpt2");
    odd.n_kv_heads = 2;
    EXPECT_EQ(refusal(odd), "n_kv_heads: every head of a GPT-2 has keys and values of its own; 4 (n_heads) is allowed");
    odd = shape("llama");
    odd.d_model = 4 * 33;
    EXPECT_EQ(
        refusal(odd),
        "d_model: 132 over 4 heads (n_heads) gives heads of 33 channels; rotation (RoPE) needs an even number: 136");
    odd = shape("llama");
    odd.n_kv_heads = 3;
    EXPECT_EQ(refusal(odd),
              "n_kv_heads: 4 heads (n_heads) can't share 3 keys and values equally; a divisor of n_heads is allowed");
    odd = shape("gpt2");
    odd.n_layers = 0;
    EXPECT_EQ(refusal(odd), "n_layers: 0 is out of range; 1 to 16384 are allowed");
    EXPECT_EQ(refusal(shape("gpt2"), 0), "d_vocab: 0 is out of range; 1 to 16777216 are allowed");
}

TEST(ScratchModels, AreRefusedForAFamilyThatDoesNotOfferIt) {
    EXPECT_EQ(refusal(shape("gpt-2")),
              "family: no models of \"gpt-2\" begin here; did you mean gpt2? known: gpt2, llama");
}

}  // namespace
}  // namespace gatescope
