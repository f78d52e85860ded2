#include "app/cli/recipe_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace gatescope {
namespace {

std::map<std::string, std::string> rows(const ModelConfig& config) {
    const auto list = recipe_rows(config);
    return {list.begin(), list.end()};
}

ModelConfig plain() {
    return {.family = "llama",
            .n_layers = 3,
            .n_heads = 6,
            .n_kv_heads = 2,
            .d_model = 64,
            .d_head = 16,
            .d_mlp = 100,
            .n_ctx = 256,
            .rope_dims = 16,
            .attention_scale = 0.25};
}

TEST(RecipeText, SaysOfAPlainModelNoMoreThanIsThere) {
    const auto text = rows(plain());
    EXPECT_EQ(text.at("attention"), "6 heads of 16, 2 key/value heads");
    EXPECT_EQ(text.at("positions"), "256 (RoPE, base 10000, 16 channels)");
    EXPECT_EQ(text.at("mlp"), "SiLU, gated");
    EXPECT_EQ(text.at("embeddings"), "untied");
}

TEST(RecipeText, NamesCapsWindowsAndNormsOfGemma2) {
    ModelConfig config = plain();
    config.norm_place = NormPlace::kAround;
    config.attention_scale = 0.5;
    config.attention_softcap = 50;
    config.sliding_window = 20;
    config.windowed_layers = {true, false, true};
    config.tied_embeddings = true;
    config.final_softcap = 30;
    config.embedding_scale = 8;
    const auto text = rows(config);
    EXPECT_EQ(text.at("attention"),
              "6 heads of 16, 2 key/value heads, scores times 0.5, scores soft-capped at 50, sliding window 20 in 2 of "
              "3 layers (0, 2)");
    EXPECT_EQ(text.at("norms"), "RMSNorm before and after attention and MLP, epsilon 1e-05");
    EXPECT_EQ(text.at("embeddings"), "tied, logits soft-capped at 30, embeddings times 8");
}

TEST(RecipeText, NamesAnEncoderAndItsHead) {
    ModelConfig config = plain();
    config.causal = false;
    config.learned_positions = config.embedding_norm = config.qkv_bias = config.attention_out_bias = true;
    config.norm = NormKind::kLayer;
    config.norm_place = NormPlace::kAfterResidual;
    config.n_token_types = 2;
    config.lm_head = LmHead::kTransform;
    EXPECT_EQ(rows(config).at("attention"),
              "6 heads of 16, 2 key/value heads, of all tokens (an encoder), biases on q, k, v and output");
    EXPECT_EQ(rows(config).at("positions"), "256 (learned)");
    EXPECT_EQ(rows(config).at("embeddings"), "untied, masked-LM head, embeddings normed, 2 token types");
    config.lm_head = LmHead::kNone;
    EXPECT_EQ(rows(config).at("embeddings"),
              "no LM head: neither logits nor perplexity, embeddings normed, 2 token types");
}

TEST(RecipeText, NamesScalingOfRotation) {
    ModelConfig config = plain();
    config.rope_scaling = {.kind = RopeScaling::Kind::kDynamic, .factor = 4, .original_positions = 24};
    EXPECT_EQ(rows(config).at("positions"), "256 (RoPE, base 10000, 16 channels, dynamic scaling by 4 beyond 24)");
    config.rope_scaling = {.kind = RopeScaling::Kind::kLlama3, .factor = 8, .original_positions = 8192};
    EXPECT_EQ(rows(config).at("positions"), "256 (RoPE, base 10000, 16 channels, llama3 scaling by 8 from 8192)");
}

}  // namespace
}  // namespace gatescope
