// Models that papers use, by the config.json and the tensor names of their repositories: each opens with the sizes, the
// recipe and the number of parameters that it is known by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "model/families/families.h"
#include "tests/support/honest_configs.h"
#include "tests/support/memory_checkpoint.h"

namespace gatescope {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using Shape = std::vector<std::int64_t>;
using Tensors = std::vector<std::pair<std::string, Shape>>;

// "#" in a name stands for every layer.
MemoryCheckpoint published(const std::string& config_json, const Tensors& tensors, std::int64_t n_layers) {
    std::vector<TensorInfo> listing;
    std::uint64_t offset = 0;
    for (const auto& [name, shape] : tensors) {
        const std::size_t mark = name.find('#');
        for (std::int64_t layer = 0; layer < (mark == std::string::npos ? 1 : n_layers); ++layer) {
            std::string full = name;
            if (mark != std::string::npos) full.replace(mark, 1, std::to_string(layer));
            listing.push_back(listed_tensor(full, shape, offset));
            offset += listing.back().size_bytes;
        }
    }
    return {MetadataKind::kConfigJson, json::parse(config_json), std::move(listing)};
}

std::int64_t parameters_of(const ModelConfig& config) {
    std::int64_t count = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        std::int64_t size = 1;
        for (const std::int64_t length : tensor.shape) size *= length;
        count += size;
    }
    return count;
}

// Opens it whole: every tensor of the model is there, and what is left over may be left out.
ModelConfig opened(const MemoryCheckpoint& checkpoint, std::int64_t parameters) {
    ModelConfig config = read_config(checkpoint);
    EXPECT_THAT(tensor_use(checkpoint).missing, IsEmpty());
    EXPECT_EQ(bind_tensors(checkpoint, config).size(), canonical_tensors(config).size());
    EXPECT_EQ(parameters_of(config), parameters);
    return config;
}

// D d_model, Q and K rows of queries and keys, M d_mlp, V d_vocab.
struct Sizes {
    std::int64_t d, q, k, m, v;
};

Tensors llama_tensors(const Sizes& n) {
    const std::string layer = "model.layers.#.";
    return {{"model.embed_tokens.weight", {n.v, n.d}},          {layer + "self_attn.q_proj.weight", {n.q, n.d}},
            {layer + "self_attn.k_proj.weight", {n.k, n.d}},    {layer + "self_attn.v_proj.weight", {n.k, n.d}},
            {layer + "self_attn.o_proj.weight", {n.d, n.q}},    {layer + "mlp.gate_proj.weight", {n.m, n.d}},
            {layer + "mlp.up_proj.weight", {n.m, n.d}},         {layer + "mlp.down_proj.weight", {n.d, n.m}},
            {layer + "post_attention_layernorm.weight", {n.d}}, {"model.norm.weight", {n.d}}};
}

Tensors with(Tensors tensors, const Tensors& more) {
    tensors.insert(tensors.end(), more.begin(), more.end());
    return tensors;
}

TEST(PublishedModel, Gpt2HasTheNamesAndMasksOfItsFirstRelease) {
    const std::string layer = "h.#.";
    const Tensors tensors = {{"wpe.weight", {1024, 768}},
                             {"wte.weight", {50257, 768}},
                             {layer + "attn.bias", {1, 1, 1024, 1024}},
                             {layer + "attn.c_attn.bias", {2304}},
                             {layer + "attn.c_attn.weight", {768, 2304}},
                             {layer + "attn.c_proj.bias", {768}},
                             {layer + "attn.c_proj.weight", {768, 768}},
                             {layer + "ln_1.bias", {768}},
                             {layer + "ln_1.weight", {768}},
                             {layer + "ln_2.bias", {768}},
                             {layer + "ln_2.weight", {768}},
                             {layer + "mlp.c_fc.bias", {3072}},
                             {layer + "mlp.c_fc.weight", {768, 3072}},
                             {layer + "mlp.c_proj.bias", {768}},
                             {layer + "mlp.c_proj.weight", {3072, 768}},
                             {"ln_f.bias", {768}},
                             {"ln_f.weight", {768}}};
    const ModelConfig config = opened(published(R"({
        "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
        "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12,
        "n_positions": 1024, "resid_pdrop": 0.1, "summary_activation": null, "summary_first_dropout": 0.1,
        "summary_proj_to_labels": true, "summary_type": "cls_index", "summary_use_proj": true,
        "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}}, "vocab_size": 50257})",
                                                tensors, 12),
                                      124'439'808);
    EXPECT_EQ(config.n_layers * config.n_heads, 144);
    EXPECT_EQ(config.d_head, 64);
    EXPECT_EQ(config.activation, Activation::kGeluTanh);
    EXPECT_TRUE(config.tied_embeddings);
}

TEST(PublishedModel, Pythia410mRotatesAQuarterOfEachHead) {
    const std::string layer = "gpt_neox.layers.#.", attention = layer + "attention.";
    const Tensors tensors = {{"embed_out.weight", {50304, 1024}},
                             {"gpt_neox.embed_in.weight", {50304, 1024}},
                             {"gpt_neox.final_layer_norm.bias", {1024}},
                             {"gpt_neox.final_layer_norm.weight", {1024}},
                             {attention + "bias", {1, 1, 2048, 2048}},
                             {attention + "dense.bias", {1024}},
                             {attention + "dense.weight", {1024, 1024}},
                             {attention + "masked_bias", {}},
                             {attention + "query_key_value.bias", {3072}},
                             {attention + "query_key_value.weight", {3072, 1024}},
                             {attention + "rotary_emb.inv_freq", {8}},
                             {layer + "input_layernorm.bias", {1024}},
                             {layer + "input_layernorm.weight", {1024}},
                             {layer + "mlp.dense_4h_to_h.bias", {1024}},
                             {layer + "mlp.dense_4h_to_h.weight", {1024, 4096}},
                             {layer + "mlp.dense_h_to_4h.bias", {4096}},
                             {layer + "mlp.dense_h_to_4h.weight", {4096, 1024}},
                             {layer + "post_attention_layernorm.bias", {1024}},
                             {layer + "post_attention_layernorm.weight", {1024}}};
    const ModelConfig config = opened(published(R"({
        "architectures": ["GPTNeoXForCausalLM"], "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "gelu",
        "hidden_size": 1024, "initializer_range": 0.02, "intermediate_size": 4096, "layer_norm_eps": 1e-05,
        "max_position_embeddings": 2048, "model_type": "gpt_neox", "num_attention_heads": 16, "num_hidden_layers": 24,
        "rotary_emb_base": 10000, "rotary_pct": 0.25, "tie_word_embeddings": false, "torch_dtype": "float16",
        "transformers_version": "4.24.0", "use_cache": true, "use_parallel_residual": true, "vocab_size": 50304})",
                                                tensors, 24),
                                      405'334'016);
    EXPECT_EQ(config.n_layers * config.n_heads, 384);
    EXPECT_EQ(config.d_head, 64);
    EXPECT_EQ(config.rope_dims, 16);
    EXPECT_EQ(config.activation, Activation::kGelu);
    EXPECT_TRUE(config.parallel_residual);
    EXPECT_FALSE(config.tied_embeddings);
}

TEST(PublishedModel, BertBaseUncasedHasGoogleNames) {
    const std::string layer = "bert.encoder.layer.#.", attention = layer + "attention.", head = "cls.predictions.";
    const Tensors tensors = {{"bert.embeddings.LayerNorm.beta", {768}},
                             {"bert.embeddings.LayerNorm.gamma", {768}},
                             {"bert.embeddings.position_embeddings.weight", {512, 768}},
                             {"bert.embeddings.token_type_embeddings.weight", {2, 768}},
                             {"bert.embeddings.word_embeddings.weight", {30522, 768}},
                             {attention + "output.LayerNorm.beta", {768}},
                             {attention + "output.LayerNorm.gamma", {768}},
                             {attention + "output.dense.bias", {768}},
                             {attention + "output.dense.weight", {768, 768}},
                             {attention + "self.key.bias", {768}},
                             {attention + "self.key.weight", {768, 768}},
                             {attention + "self.query.bias", {768}},
                             {attention + "self.query.weight", {768, 768}},
                             {attention + "self.value.bias", {768}},
                             {attention + "self.value.weight", {768, 768}},
                             {layer + "intermediate.dense.bias", {3072}},
                             {layer + "intermediate.dense.weight", {3072, 768}},
                             {layer + "output.LayerNorm.beta", {768}},
                             {layer + "output.LayerNorm.gamma", {768}},
                             {layer + "output.dense.bias", {768}},
                             {layer + "output.dense.weight", {768, 3072}},
                             {"bert.pooler.dense.bias", {768}},
                             {"bert.pooler.dense.weight", {768, 768}},
                             {head + "bias", {30522}},
                             {head + "transform.LayerNorm.beta", {768}},
                             {head + "transform.LayerNorm.gamma", {768}},
                             {head + "transform.dense.bias", {768}},
                             {head + "transform.dense.weight", {768, 768}},
                             {"cls.seq_relationship.bias", {2}},
                             {"cls.seq_relationship.weight", {2, 768}}};
    const ModelConfig config = opened(published(R"({
        "architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false,
        "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 768, "initializer_range": 0.02,
        "intermediate_size": 3072, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert",
        "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0, "position_embedding_type": "absolute",
        "transformers_version": "4.6.0.dev0", "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522})",
                                                tensors, 12),
                                      109'514'298);
    EXPECT_EQ(config.n_layers * config.n_heads, 144);
    EXPECT_FALSE(config.causal);
    EXPECT_DOUBLE_EQ(config.norm_epsilon, 1e-12);
    EXPECT_EQ(config.lm_head, LmHead::kTransform);
}

constexpr const char* kQwen3 = R"({
    "architectures": ["Qwen3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 151643,
    "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02,
    "intermediate_size": 6144, "max_position_embeddings": 40960, "max_window_layers": 28, "model_type": "qwen3",
    "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-06,
    "rope_scaling": null, "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": true,
    "torch_dtype": "bfloat16", "use_cache": true, "use_sliding_window": false, "vocab_size": 151936})";

TEST(PublishedModel, Qwen3SharesItsEmbeddingWhereItsFilesCarryNoHead) {
    const Tensors tensors =
        with(llama_tensors({2048, 2048, 1024, 6144, 151936}), {{"model.layers.#.input_layernorm.weight", {2048}},
                                                               {"model.layers.#.self_attn.q_norm.weight", {128}},
                                                               {"model.layers.#.self_attn.k_norm.weight", {128}}});
    const ModelConfig config = opened(published(kQwen3, tensors, 28), 1'720'574'976);
    EXPECT_EQ(config.n_layers * config.n_heads, 448);
    EXPECT_EQ(config.d_head, 128);
    EXPECT_EQ(config.n_kv_heads, 8);
    EXPECT_EQ(config.qk_norm, QkNorm::kHead);
    EXPECT_EQ(config.sliding_window, 0);
    EXPECT_DOUBLE_EQ(config.rope_base, 1e6);
    EXPECT_FALSE(config.qkv_bias);
    EXPECT_TRUE(config.tied_embeddings);
    opened(published(kQwen3, with(tensors, {{"lm_head.weight", {151936, 2048}}}), 28), 1'720'574'976 + 151936 * 2048);
}

TEST(PublishedModel, Qwen25HasBiasesOnQueriesKeysAndValuesAlone) {
    const Tensors tensors =
        with(llama_tensors({896, 896, 128, 4864, 151936}), {{"model.layers.#.input_layernorm.weight", {896}},
                                                            {"model.layers.#.self_attn.q_proj.bias", {896}},
                                                            {"model.layers.#.self_attn.k_proj.bias", {128}},
                                                            {"model.layers.#.self_attn.v_proj.bias", {128}}});
    const ModelConfig config = opened(published(R"({
        "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643,
        "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02, "intermediate_size": 4864,
        "max_position_embeddings": 32768, "max_window_layers": 24, "model_type": "qwen2", "num_attention_heads": 14,
        "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
        "sliding_window": 32768, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true,
        "use_mrope": false, "use_sliding_window": false, "vocab_size": 151936})",
                                                tensors, 24),
                                      494'032'768);
    EXPECT_EQ(config.d_head, 64);
    EXPECT_EQ(config.sliding_window, 0);
}

TEST(PublishedModel, Llama32StretchesRotationAndSharesItsEmbedding) {
    const ModelConfig config = opened(published(R"({
        "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
        "bos_token_id": 128000, "eos_token_id": 128001, "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048,
        "initializer_range": 0.02, "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false,
        "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8,
        "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0,
        "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
        "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true,
        "vocab_size": 128256})",
                                                with(llama_tensors({2048, 2048, 512, 8192, 128256}),
                                                     {{"model.layers.#.input_layernorm.weight", {2048}}}),
                                                16),
                                      1'235'814'400);
    EXPECT_EQ(config.rope_scaling.kind, RopeScaling::Kind::kLlama3);
    EXPECT_DOUBLE_EQ(config.rope_scaling.factor, 32);
    EXPECT_EQ(config.rope_scaling.original_positions, 8192);
    EXPECT_EQ(config.n_ctx, 131072);
}

TEST(PublishedModel, Mistral7bSlidesAWindowOf4096) {
    const ModelConfig config =
        opened(published(R"({
        "architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
        "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336, "max_position_embeddings": 32768,
        "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
        "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": false,
        "torch_dtype": "bfloat16", "transformers_version": "4.34.0.dev0", "use_cache": true, "vocab_size": 32000})",
                         with(llama_tensors({4096, 4096, 1024, 14336, 32000}),
                              {{"model.layers.#.input_layernorm.weight", {4096}}, {"lm_head.weight", {32000, 4096}}}),
                         32),
               7'241'732'096);
    EXPECT_EQ(config.d_head, 128);
    EXPECT_EQ(config.window_of(0), 4096);
    EXPECT_EQ(config.window_of(31), 4096);
}

TEST(PublishedModel, Gemma2HasCapsAndLocalLayersOfItsOwnHeadWidth) {
    const ModelConfig config = opened(published(R"({
        "architectures": ["Gemma2ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
        "attn_logit_softcapping": 50.0, "bos_token_id": 2, "cache_implementation": "hybrid", "eos_token_id": 1,
        "final_logit_softcapping": 30.0, "head_dim": 256, "hidden_act": "gelu_pytorch_tanh",
        "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 2304, "initializer_range": 0.02,
        "intermediate_size": 9216, "max_position_embeddings": 8192, "model_type": "gemma2", "num_attention_heads": 8,
        "num_hidden_layers": 26, "num_key_value_heads": 4, "pad_token_id": 0, "query_pre_attn_scalar": 256,
        "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "sliding_window": 4096, "torch_dtype": "float32",
        "use_cache": true, "vocab_size": 256000})",
                                                with(llama_tensors({2304, 2048, 1024, 9216, 256000}),
                                                     {{"model.layers.#.input_layernorm.weight", {2304}},
                                                      {"model.layers.#.pre_feedforward_layernorm.weight", {2304}},
                                                      {"model.layers.#.post_feedforward_layernorm.weight", {2304}}}),
                                                26),
                                      2'614'341'888);
    EXPECT_EQ(config.d_head, 256);
    EXPECT_DOUBLE_EQ(config.attention_scale, 1.0 / 16);
    EXPECT_DOUBLE_EQ(config.attention_softcap, 50);
    EXPECT_DOUBLE_EQ(config.final_softcap, 30);
    EXPECT_EQ(config.window_of(0), 4096);
    EXPECT_EQ(config.window_of(1), 0);
    EXPECT_TRUE(config.tied_embeddings);
}

TEST(PublishedModel, Olmo2NormsQueriesAndKeysOfAllHeadsTogether) {
    const ModelConfig config = opened(published(R"({
        "architectures": ["Olmo2ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
        "eos_token_id": 100257, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
        "intermediate_size": 11008, "max_position_embeddings": 4096, "model_type": "olmo2", "num_attention_heads": 32,
        "num_hidden_layers": 32, "num_key_value_heads": 32, "pad_token_id": 100277, "rms_norm_eps": 1e-06,
        "rope_scaling": null, "rope_theta": 500000, "tie_word_embeddings": false, "torch_dtype": "float32",
        "use_cache": false, "vocab_size": 100352})",
                                                with(llama_tensors({4096, 4096, 4096, 11008, 100352}),
                                                     {{"model.layers.#.post_feedforward_layernorm.weight", {4096}},
                                                      {"model.layers.#.self_attn.q_norm.weight", {4096}},
                                                      {"model.layers.#.self_attn.k_norm.weight", {4096}},
                                                      {"lm_head.weight", {100352, 4096}}}),
                                                32),
                                      7'298'617'344);
    EXPECT_EQ(config.qk_norm, QkNorm::kProjection);
    EXPECT_EQ(config.norm_place, NormPlace::kAfterSublayer);
    EXPECT_DOUBLE_EQ(config.norm_epsilon, 1e-6);
}

}  // namespace
}  // namespace gatescope
