#include "captures/config_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Every field differs from its default.
ModelConfig unusual() {
    return {.family = "gemma9",
            .n_layers = 3,
            .n_heads = 6,
            .n_kv_heads = 2,
            .d_model = 40,
            .d_head = 8,
            .d_mlp = 77,
            .d_vocab = 1013,
            .n_ctx = 4097,
            .causal = false,
            .sliding_window = 21,
            .windowed_layers = {true, false, true},
            .norm = NormKind::kLayer,
            .norm_place = NormPlace::kAround,
            .norm_epsilon = 1e-12,
            .parallel_residual = true,
            .learned_positions = true,
            .rope_base = 5e5,
            .rope_dims = 4,
            .rope_scaling = {RopeScaling::Kind::kLlama3, 8.0, 1.5, 4.5, 8192},
            .rope_divisors = {1.0, 7.25},
            .attention_scale = 0.3,
            .qk_norm = QkNorm::kProjection,
            .attention_softcap = 50,
            .qkv_bias = true,
            .attention_out_bias = true,
            .gated_mlp = false,
            .activation = Activation::kGeluTanh,
            .mlp_bias = true,
            .embedding_scale = 6.5,
            .n_token_types = 2,
            .embedding_norm = true,
            .tied_embeddings = true,
            .lm_head = LmHead::kTransform,
            .unembedding_bias = true,
            .final_softcap = 30};
}

json printed() {
    return json::parse(print_config(unusual()));
}

// A field that one of the lists forgot comes back as its default, and prints otherwise than it was printed.
TEST(ConfigJson, ComesBackAsItWasWritten) {
    const json text = printed();
    const json plain = json::parse(print_config({.family = "x", .n_layers = 1, .n_heads = 1}));
    for (const auto& [name, value] : text.items()) EXPECT_NE(value, plain.at(name)) << name << " is not unusual";
    const ModelConfig back = parse_config(text.dump(), "capture");
    EXPECT_EQ(json::parse(print_config(back)), text);
    EXPECT_EQ(back.rope_scaling.kind, RopeScaling::Kind::kLlama3);
    EXPECT_EQ(back.windowed_layers, unusual().windowed_layers);
    EXPECT_EQ(back.rope_divisors, unusual().rope_divisors);
    EXPECT_EQ(back.activation, Activation::kGeluTanh);
}

TEST(ConfigJson, TakesDefaultsForWhatOlderCapturesDoNotSay) {
    json old = printed();
    for (const char* later : {"causal", "windowed_layers", "norm", "lm_head", "gated_mlp"}) old.erase(later);
    const ModelConfig config = parse_config(old.dump(), "capture");
    EXPECT_TRUE(config.causal && config.gated_mlp && config.windowed_layers.empty());
    EXPECT_EQ(config.norm, NormKind::kRms);
    EXPECT_EQ(config.lm_head, LmHead::kPlain);
}

TEST(ConfigJson, RefusesWhatIsBrokenOrUnknown) {
    const auto refused = [](const char* name, const json& value) {
        json text = printed();
        text[name] = value;
        try {
            parse_config(text.dump(), "/model@shape");
        } catch (const Failure& failure) {
            return std::string(failure.what());
        }
        return std::string("taken");
    };
    EXPECT_THAT(refused("n_layers", 0), HasSubstr("without layers or heads"));
    EXPECT_THAT(refused("n_layers", 4), HasSubstr("sliding windows of other layers"));
    EXPECT_THAT(refused("norm", "batch"), HasSubstr("describes a model with \"batch\""));
    EXPECT_THAT(refused("norm", 3), HasSubstr("no description of a model"));
    EXPECT_THAT(refused("rope_divisors", {1, "x"}), HasSubstr("no description of a model"));
    EXPECT_THAT(refused("causal", "yes"), HasSubstr("/model@shape"));
}

}  // namespace
}  // namespace gatescope
