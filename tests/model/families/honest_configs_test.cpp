// What every family makes of an honest file: config.json in the spellings of transformers 4 and 5, and GGUF.
#include "tests/support/honest_configs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "model/core/error.h"
#include "model/families/families.h"
#include "tests/support/memory_checkpoint.h"

namespace gatescope {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

MemoryCheckpoint checkpoint(const HonestConfig& honest, const json& change = json::object()) {
    json metadata = honest.metadata;
    metadata.update(change);
    return {honest.kind, metadata, honest.tensors};
}

ModelConfig read(const std::string& name, const json& change = json::object()) {
    return read_config(checkpoint(honest_config(name), change));
}

// The honest file with some tensors gone and others added.
MemoryCheckpoint with_tensors(const std::string& name, const std::vector<std::string>& without,
                              const std::vector<TensorInfo>& added = {}, const json& change = json::object()) {
    HonestConfig honest = honest_config(name);
    std::erase_if(honest.tensors, [&](const TensorInfo& tensor) {
        return std::find(without.begin(), without.end(), tensor.name) != without.end();
    });
    honest.tensors.insert(honest.tensors.end(), added.begin(), added.end());
    return checkpoint(honest, change);
}

class HonestFile : public testing::TestWithParam<HonestConfig> {};

TEST_P(HonestFile, HasEveryTensorThatTheModelNeeds) {
    const MemoryCheckpoint file = checkpoint(GetParam());
    const ModelConfig config = read_config(file);
    EXPECT_EQ(config.n_layers, 2);
    EXPECT_THAT(tensor_use(file).missing, IsEmpty());
    EXPECT_EQ(bind_tensors(file, config).size(), canonical_tensors(config).size());
}

INSTANTIATE_TEST_SUITE_P(Families, HonestFile, testing::ValuesIn(honest_configs()), [](const auto& honest) {
    std::string name = honest.param.name;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
});

TEST(HonestFile, IsThereForEveryFamilyAndDialect) {
    std::size_t dialects = 0;
    for (const Family& family : families())
        dialects += static_cast<std::size_t>(family.config_json.has_value()) + (family.gguf.has_value() ? 1 : 0);
    EXPECT_EQ(honest_configs().size(), dialects);
}

TEST(ConfigJson, NamesItsModelByTheClassWhereTheTypeIsLeftOut) {
    EXPECT_EQ(read("gpt2", {{"model_type", nullptr}, {"architectures", {"GPT2LMHeadModel"}}}).family, "gpt2");
    EXPECT_EQ(read("bert", {{"model_type", nullptr}, {"architectures", {"BertModel"}}}).family, "bert");
}

TEST(ConfigJson, SpellsRotationAsTransformers4AndAs5) {
    const json old = {{"rope_theta", 7e4}, {"rope_scaling", {{"type", "linear"}, {"factor", 3}}}};
    const json now = {{"rope_parameters", {{"rope_type", "linear"}, {"factor", 3}, {"rope_theta", 7e4}}}};
    for (const json& change : {old, now}) {
        const ModelConfig config = read("mistral", change);
        EXPECT_DOUBLE_EQ(config.rope_base, 7e4);
        EXPECT_EQ(config.rope_scaling.kind, RopeScaling::Kind::kLinear);
        EXPECT_DOUBLE_EQ(config.rope_scaling.factor, 3);
    }
}

TEST(ConfigJson, CountsDynamicScalingFromTheModelsOwnPositions) {
    const ModelConfig config = read("llama", {{"rope_scaling", {{"type", "dynamic"}, {"factor", 2.0}}}});
    EXPECT_EQ(config.rope_scaling.kind, RopeScaling::Kind::kDynamic);
    EXPECT_EQ(config.rope_scaling.original_positions, 32);
}

TEST(Llama, ReadsLlama3Scaling) {
    const ModelConfig config = read("llama");
    EXPECT_EQ(config.rope_scaling.kind, RopeScaling::Kind::kLlama3);
    EXPECT_EQ(config.rope_scaling.original_positions, 16);
    EXPECT_DOUBLE_EQ(config.rope_scaling.factor, 8);
    EXPECT_DOUBLE_EQ(config.rope_scaling.high_frequency_factor, 4);
    EXPECT_DOUBLE_EQ(config.rope_base, 5e5);
}

TEST(Llama, TakesTheClassesDefaultsForWhatTheFileLeavesOut) {
    const ModelConfig config = read("llama", {{"num_key_value_heads", nullptr},
                                              {"head_dim", nullptr},
                                              {"rope_scaling", nullptr},
                                              {"rope_theta", nullptr},
                                              {"hidden_act", nullptr},
                                              {"rms_norm_eps", nullptr},
                                              {"max_position_embeddings", nullptr},
                                              {"tie_word_embeddings", nullptr}});
    EXPECT_EQ(config.n_kv_heads, 4);
    EXPECT_EQ(config.d_head, 6);
    EXPECT_EQ(config.n_ctx, 2048);
    EXPECT_EQ(config.activation, Activation::kSilu);
    EXPECT_DOUBLE_EQ(config.norm_epsilon, 1e-6);
    EXPECT_DOUBLE_EQ(config.rope_base, 1e4);
    EXPECT_FALSE(config.tied_embeddings);
}

TEST(Llama, HasTheBiasesThatTheFileSpeaksOf) {
    const ModelConfig config = read("llama", {{"attention_bias", true}, {"mlp_bias", true}});
    EXPECT_TRUE(config.qkv_bias && config.attention_out_bias && config.mlp_bias);
}

TEST(Llama, OpensABaseModelWithoutPrefixAndHead) {
    HonestConfig honest = honest_config("llama");
    honest.tensors.pop_back();
    for (TensorInfo& tensor : honest.tensors) tensor.name.erase(0, std::string("model.").size());
    const MemoryCheckpoint file = checkpoint(honest);
    const ModelConfig config = read_config(file);
    EXPECT_EQ(config.lm_head, LmHead::kNone);
    EXPECT_EQ(bind_tensors(file, config).size(), honest.tensors.size());
}

TEST(Llama, UsesAHeadOfItsOwnEvenWhereTheConfigSaysTied) {
    EXPECT_FALSE(read("llama", {{"tie_word_embeddings", true}}).tied_embeddings);
    const ModelConfig without =
        read_config(with_tensors("llama", {"lm_head.weight"}, {}, {{"tie_word_embeddings", true}}));
    EXPECT_TRUE(without.tied_embeddings);
    EXPECT_EQ(without.lm_head, LmHead::kPlain);
}

TEST(Llama, SeesThatAHeadIsTheEmbeddingsOwnBytes) {
    const HonestConfig& honest = honest_config("llama");
    const TensorInfo shared = listed_tensor("lm_head.weight", honest.tensors[0].shape, honest.tensors[0].offset);
    EXPECT_TRUE(read_config(with_tensors("llama", {"lm_head.weight"}, {shared}, {{"tie_word_embeddings", true}}))
                    .tied_embeddings);
}

TEST(TiedModel, TakesTheSharedMatrixUnderEitherName) {
    const std::tuple<const char*, const char*, const char*> names[] = {
        {"llama", "model.embed_tokens.weight", "lm_head.weight"},
        {"gpt2", "wte.weight", "lm_head.weight"},
        {"gpt_neox", "gpt_neox.embed_in.weight", "embed_out.weight"},
        {"bert", "bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"}};
    for (const auto& [family, embedding, unembedding] : names) {
        const auto shape = checkpoint(honest_config(family)).find(embedding)->shape;
        const MemoryCheckpoint file = with_tensors(
            family, {embedding, unembedding}, {listed_tensor(unembedding, shape, 0)}, {{"tie_word_embeddings", true}});
        const ModelConfig config = read_config(file);
        EXPECT_TRUE(config.tied_embeddings) << family;
        EXPECT_EQ(bind_tensors(file, config).front().info->name, unembedding);
        EXPECT_THAT(tensor_use(file).missing, IsEmpty());
    }
}

TEST(DecoderModel, MayCallItselfADecoder) {
    for (const char* family : {"gpt2", "gpt_neox", "llama"})
        EXPECT_TRUE(read(family, {{"is_decoder", true}}).causal) << family;
}

TEST(MissingTensors, AreListedOnceHoweverManyWeightsTheyStack) {
    const TensorUse use = tensor_use(with_tensors("gpt2", {"h.0.attn.c_attn.weight", "h.0.attn.c_attn.bias"}));
    EXPECT_THAT(use.missing, ElementsAre("transformer.h.0.attn.c_attn.weight", "transformer.h.0.attn.c_attn.bias"));
}

TEST(Mistral, SlidesItsWindowOverAllLayersOrNone) {
    EXPECT_EQ(read("mistral").window_of(1), 8);
    EXPECT_EQ(read("mistral", {{"sliding_window", nullptr}}).window_of(1), 0);
    HonestConfig silent = honest_config("mistral");
    silent.metadata.erase("sliding_window");
    EXPECT_EQ(read_config(checkpoint(silent)).window_of(0), 4096);
}

TEST(Qwen2, SlidesItsWindowFromALayerOn) {
    const ModelConfig config = read("qwen2");
    EXPECT_EQ(config.window_of(0), 0);
    EXPECT_EQ(config.window_of(1), 8);
    EXPECT_TRUE(config.qkv_bias);
    EXPECT_FALSE(config.attention_out_bias);
    EXPECT_EQ(read("qwen2", {{"use_sliding_window", false}}).sliding_window, 0);
}

TEST(Qwen2, BelievesTheListOfLayersBeforeItsOwnCount) {
    const ModelConfig config = read("qwen2", {{"layer_types", {"sliding_attention", "full_attention"}}});
    EXPECT_EQ(config.window_of(0), 8);
    EXPECT_EQ(config.window_of(1), 0);
}

TEST(Qwen3, NormsHeadsOfALengthOfTheirOwn) {
    EXPECT_EQ(read("qwen3").qk_norm, QkNorm::kHead);
    EXPECT_EQ(read("qwen3", {{"head_dim", nullptr}}).d_head, 128);
}

TEST(Gemma2, HasCapsScalesAndEveryOtherLayerAWindow) {
    const ModelConfig config = read("gemma2");
    EXPECT_EQ(config.norm_place, NormPlace::kAround);
    EXPECT_EQ(config.activation, Activation::kGeluTanh);
    EXPECT_DOUBLE_EQ(config.embedding_scale, std::sqrt(24.0));
    EXPECT_DOUBLE_EQ(config.attention_scale, 1 / std::sqrt(5.0));
    EXPECT_DOUBLE_EQ(config.attention_softcap, 50);
    EXPECT_DOUBLE_EQ(config.final_softcap, 0);
    EXPECT_EQ(config.window_of(0), 8);
    EXPECT_EQ(config.window_of(1), 0);
    EXPECT_TRUE(config.tied_embeddings);
}

TEST(Gemma2, KeepsGainsLessOneInConfigJsonOnly) {
    for (const auto& [name, added] : {std::pair("gemma2", 1.0F), std::pair("gemma2.gguf", 0.0F)}) {
        const MemoryCheckpoint file = checkpoint(honest_config(name));
        for (const BoundTensor& tensor : bind_tensors(file, read_config(file)))
            EXPECT_EQ(tensor.stored.added, tensor.canonical.shape.size() == 1 ? added : 0.0F) << tensor.info->name;
    }
}

TEST(Olmo2, NormsAfterAttentionAndMlp) {
    const ModelConfig config = read("olmo2");
    EXPECT_EQ(config.norm_place, NormPlace::kAfterSublayer);
    EXPECT_EQ(config.qk_norm, QkNorm::kProjection);
}

TEST(Gpt2, TakesFourTimesItsWidthForTheMlpUnlessToldOtherwise) {
    const ModelConfig config = read("gpt2");
    EXPECT_EQ(config.d_mlp, 96);
    EXPECT_TRUE(config.learned_positions && config.tied_embeddings && !config.gated_mlp);
    EXPECT_EQ(config.activation, Activation::kGeluTanh);
    EXPECT_EQ(read("gpt2", {{"n_inner", 7}}).d_mlp, 7);
    EXPECT_DOUBLE_EQ(read("gpt2", {{"scale_attn_weights", false}}).attention_scale, 1);
}

TEST(GptNeoX, RotatesAPartOfEachHead) {
    const ModelConfig config = read("gpt_neox");
    EXPECT_EQ(config.rope_dims, 4);
    EXPECT_DOUBLE_EQ(config.rope_base, 5000);
    EXPECT_TRUE(config.parallel_residual);
    EXPECT_FALSE(read("gpt_neox", {{"use_parallel_residual", false}}).parallel_residual);
    const json now = {{"rope_parameters", {{"rope_theta", 9e3}, {"partial_rotary_factor", 0.34}}}};
    EXPECT_EQ(read("gpt_neox", now).rope_dims, 2);
    EXPECT_DOUBLE_EQ(read("gpt_neox", now).rope_base, 9000);
}

TEST(Bert, HasAMaskedLmHeadWhereTheFileHasIt) {
    const ModelConfig config = read("bert");
    EXPECT_FALSE(config.causal);
    EXPECT_EQ(config.lm_head, LmHead::kTransform);
    EXPECT_TRUE(config.tied_embeddings && config.unembedding_bias && config.embedding_norm);
    EXPECT_EQ(config.n_token_types, 2);
    HonestConfig headless = honest_config("bert");
    std::erase_if(headless.tensors, [](const TensorInfo& tensor) { return tensor.name.starts_with("cls."); });
    EXPECT_EQ(read_config(checkpoint(headless)).lm_head, LmHead::kNone);
}

TEST(Bert, TakesItsOutputBiasFromEitherName) {
    const auto of = [](const MemoryCheckpoint& file) {
        return bind_tensors(file, read_config(file)).back().info->name;
    };
    EXPECT_EQ(of(with_tensors("bert", {})), "cls.predictions.bias");
    EXPECT_EQ(of(with_tensors("bert", {}, {listed_tensor("cls.predictions.decoder.bias", {50}, 0)})),
              "cls.predictions.decoder.bias");
}

TEST(Gguf, DividesFrequenciesByTheFilesTable) {
    EXPECT_THAT(read("llama.gguf").rope_divisors, ElementsAre(1, 1, 1));
    EXPECT_THAT(tensor_use(checkpoint(honest_config("llama.gguf"))).unused, IsEmpty());
}

TEST(Gguf, ScalesRotationLinearly) {
    const json change = {{"qwen2.rope.scaling.type", "linear"}, {"qwen2.rope.scaling.factor", 4.0}};
    EXPECT_EQ(read("qwen2.gguf", change).rope_scaling.kind, RopeScaling::Kind::kLinear);
    EXPECT_DOUBLE_EQ(read("qwen2.gguf", change).rope_scaling.factor, 4);
}

TEST(Gguf, KeepsOnlyLlamasQueriesAndKeysInNeighbouringPairs) {
    for (const HonestConfig& honest : honest_configs()) {
        const MemoryCheckpoint file = checkpoint(honest);
        for (const BoundTensor& tensor : bind_tensors(file, read_config(file))) {
            const bool rotates = tensor.canonical.weight == Weight::kQuery || tensor.canonical.weight == Weight::kKey;
            EXPECT_EQ(tensor.stored.order == RowOrder::kInterleavedPairs, honest.name == "llama.gguf" && rotates);
        }
    }
}

TEST(Gguf, SaysWhichLayersSlideAWindow) {
    const std::string key = "gemma2.attention.sliding_window_pattern";
    EXPECT_EQ(read("gemma2.gguf", {{key, {false, true}}}).windowed_layers, (std::vector<bool>{false, true}));
    EXPECT_TRUE(read("gemma2.gguf", {{key, 0}}).windowed_layers.empty());
    EXPECT_EQ(read("gemma2.gguf", {{key, 1}}).sliding_window, 0);
    EXPECT_EQ(read("qwen3.gguf", {{"qwen3.attention.sliding_window", 9}}).window_of(1), 9);
}

TEST(Gguf, MayBeOfADecoderThatSeesAllTokens) {
    EXPECT_TRUE(read("qwen3.gguf").causal);
    EXPECT_FALSE(read("qwen3.gguf", {{"qwen3.attention.causal", false}}).causal);
}

TEST(Gguf, OfGemma2ScalesAsTheConvertersModelsDo) {
    EXPECT_DOUBLE_EQ(read("gemma2.gguf").attention_scale, 1 / std::sqrt(6.0));
    EXPECT_EQ(read("gemma2.gguf").window_of(0), 4096);
    EXPECT_EQ(read("gemma2.gguf").window_of(1), 0);
}

}  // namespace
}  // namespace gatescope
