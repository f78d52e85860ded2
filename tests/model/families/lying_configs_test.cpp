// config.json and GGUF metadata that lie, or speak of what no family here computes: refused by the name of what is
// wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/families/families.h"
#include "tests/support/honest_configs.h"
#include "tests/support/memory_checkpoint.h"

namespace gatescope {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto kBroken = FailureKind::kBadFile;
constexpr auto kNotServed = FailureKind::kUnsupported;

struct Lie {
    std::string of;  // honest file
    json change;     // its metadata said otherwise
    FailureKind kind = kBroken;
    std::string message;  // part of the line
};

void PrintTo(const Lie& lie, std::ostream* out) {
    *out << lie.of << " " << lie.change.dump();
}

std::vector<Lie> wrong_sizes() {
    std::vector<Lie> out;
    const std::vector<std::pair<std::string, std::vector<std::string>>> keys = {
        {"llama",
         {"hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "num_key_value_heads",
          "intermediate_size", "head_dim", "max_position_embeddings"}},
        {"mistral", {"sliding_window"}},
        {"gpt2", {"n_embd", "n_layer", "n_head", "n_positions", "vocab_size", "n_inner"}},
        {"gpt_neox", {"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"}},
        {"bert", {"hidden_size", "num_hidden_layers", "num_attention_heads", "type_vocab_size", "vocab_size"}},
        {"gpt2.gguf", {"gpt2.block_count", "gpt2.embedding_length", "gpt2.attention.head_count"}},
        {"gemma2.gguf", {"gemma2.attention.key_length", "gemma2.feed_forward_length"}},
        {"gptneox.gguf", {"gptneox.rope.dimension_count", "gptneox.context_length"}},
    };
    const std::vector<json> values = {0,   -3,   std::int64_t{1} << 50, json::parse("1180591620717411303424"),
                                      3.5, "60", json::array({3}),      true};
    for (const auto& [of, names] : keys)
        for (const std::string& key : names)
            for (const json& value : values) out.push_back({of, {{key, value}}, kBroken, key + " is "});
    return out;
}

std::vector<Lie> absent_sizes() {
    std::vector<Lie> out;
    for (const char* key :
         {"hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "intermediate_size"})
        for (const char* of : {"llama", "mistral", "qwen2", "qwen3", "gemma2", "olmo2", "gpt_neox", "bert"})
            out.push_back({of, {{key, nullptr}}, kBroken, std::string("lacks ") + key});
    return out;
}

std::vector<Lie> wrong_rotations() {
    const auto rope = [](json parameters) { return json{{"rope_scaling", nullptr}, {"rope_parameters", parameters}}; };
    return {
        {"llama", {{"head_dim", 1 << 20}, {"num_attention_heads", 8}}, kBroken, "8 heads of 1048576 channels are more"},
        {"llama", {{"head_dim", 5}}, kBroken, "RoPE rotates 5 channels"},
        {"gpt_neox", {{"rotary_pct", 0.9}}, kBroken, "RoPE rotates 5 channels"},
        {"gpt_neox", {{"rotary_pct", 0.1}}, kBroken, "RoPE rotates 0 channels"},
        {"gpt_neox", {{"rotary_pct", 1.5}}, kBroken, "rotary_pct is 1.5"},
        {"llama", rope({{"rope_type", "spiral"}}), kNotServed,
         "\"spiral\" (rope_parameters.rope_type); known: default"},
        {"llama", rope({{"rope_type", "yarn"}, {"factor", 4}}), kNotServed, "RoPE scaling \"yarn\""},
        {"llama", rope({{"rope_type", "longrope"}}), kNotServed, "RoPE scaling \"longrope\""},
        {"llama", rope({{"rope_type", "linear"}}), kBroken, "lacks rope_parameters.factor"},
        {"llama", rope({{"rope_type", "linear"}, {"factor", 0}}), kBroken, "rope_parameters.factor is 0"},
        {"llama", rope({{"rope_type", 5}}), kBroken, "rope_parameters.rope_type is not a text"},
        {"llama", rope({{"rope_theta", -1.0}}), kBroken, "rope_parameters.rope_theta is -1.0"},
        {"llama", rope({{"partial_rotary_factor", 0.5}}), kNotServed, "partial_rotary_factor"},
        {"llama", rope({{"full_attention", {{"rope_theta", 1e4}}}}), kNotServed, "rope_parameters.full_attention"},
        {"llama", rope({{"mrope_section", {1, 1, 1}}}), kNotServed, "mrope_section"},
        {"llama", rope(json::array({1})), kBroken, "rope_parameters is a list; needs an object"},
        {"llama",
         {{"rope_scaling", {{"type", "llama3"}, {"factor", 8}}}},
         kBroken,
         "lacks rope_scaling.low_freq_factor"},
        {"llama",
         {{"rope_scaling", {{"type", "llama3"}, {"factor", 8}, {"low_freq_factor", 4}, {"high_freq_factor", 4}}}},
         kBroken,
         "high_freq_factor is not above"},
        {"llama", {{"rope_scaling", "linear"}}, kBroken, "rope_scaling is \"linear\"; needs an object"},
        {"qwen3.gguf", {{"qwen3.rope.scaling.type", "yarn"}}, kNotServed, "RoPE scaling \"yarn\""},
    };
}

std::vector<Lie> other_lies() {
    return {
        {"llama", {{"num_attention_heads", 7}}, kBroken, "not a multiple"},
        {"llama", {{"num_key_value_heads", 3}}, kBroken, "not a multiple"},
        {"llama", {{"hidden_size", 25}, {"head_dim", nullptr}}, kBroken, "doesn't divide into 4 heads"},
        {"gpt2", {{"n_head", 5}}, kBroken, "doesn't divide into 5 heads"},
        {"llama", {{"hidden_act", "wobble"}}, kNotServed, "unknown activation \"wobble\" (hidden_act); known: gelu,"},
        {"llama", {{"hidden_act", 5}}, kBroken, "hidden_act is not a text"},
        {"llama", {{"rms_norm_eps", "small"}}, kBroken, "rms_norm_eps is \"small\""},
        {"llama", {{"rms_norm_eps", -1}}, kBroken, "rms_norm_eps is -1"},
        {"llama", {{"tie_word_embeddings", "no"}}, kBroken, "tie_word_embeddings is \"no\"; needs true or false"},
        {"llama", {{"vocab_size", 10}}, kBroken, "has shape [50, 24]; the metadata asks for [10, 24]"},
        {"llama", {{"num_hidden_layers", 3}}, kBroken, "missing tensor model.layers.2."},
        {"llama", {{"num_hidden_layers", 1}}, kNotServed, "tensor model.layers.1."},
        {"llama", {{"num_hidden_layers", 99}}, kBroken, "the file has 21 tensors in all"},
        {"llama", {{"attention_bias", true}}, kBroken, "missing tensor model.layers.0.self_attn.q_proj.bias"},
        {"llama", {{"model_type", "nonesuch"}}, kNotServed, "unknown architecture \"nonesuch\"; known: gpt2, gpt_neox"},
        {"llama", {{"model_type", 7}}, kBroken, "model_type is not a text"},
        {"llama", {{"model_type", nullptr}}, kBroken, "names no architecture"},
        {"llama", {{"model_type", nullptr}, {"architectures", {"LlamaForMusic"}}}, kBroken, "names no architecture"},
        {"llama", {{"model_type", nullptr}, {"architectures", "Llama"}}, kBroken, "names no architecture"},
        {"llama", {{"quantization_config", {{"quant_method", "gptq"}}}}, kNotServed, "quantization_config: gptq"},
        {"llama", {{"num_local_experts", 8}}, kNotServed, "a mixture of experts (num_local_experts)"},
        {"gpt2", {{"scale_attn_by_inverse_layer_idx", true}}, kNotServed, "scale_attn_by_inverse_layer_idx"},
        {"gpt2", {{"add_cross_attention", true}}, kNotServed, "add_cross_attention"},
        {"mistral", {{"layer_types", {"full_attention", "sliding_attention"}}}, kNotServed, "disagree"},
        {"mistral", {{"layer_types", {"full_attention", "full_attention"}}}, kNotServed, "disagree"},
        {"qwen2", {{"layer_types", {"sliding_attention"}}}, kBroken, "layer_types is no list of 2 texts"},
        {"qwen2", {{"layer_types", {"sliding_attention", 5}}}, kBroken, "layer_types holds 5"},
        {"qwen2", {{"layer_types", {"sliding_attention", "linear_attention"}}}, kNotServed, "\"linear_attention\""},
        {"qwen2",
         {{"use_sliding_window", false}, {"layer_types", {"sliding_attention", "full_attention"}}},
         kBroken,
         "(sliding_window) is not set"},
        {"gemma2", {{"use_bidirectional_attention", true}}, kNotServed, "use_bidirectional_attention"},
        {"gemma2", {{"attn_logit_softcapping", -50}}, kBroken, "attn_logit_softcapping is -50"},
        {"gemma2", {{"query_pre_attn_scalar", 0}}, kBroken, "query_pre_attn_scalar is 0"},
        {"bert", {{"position_embedding_type", "relative_key"}}, kNotServed, "\"relative_key\""},
        {"bert", {{"is_decoder", true}}, kNotServed, "is_decoder"},
    };
}

std::vector<Lie> gguf_lies() {
    return {
        {"bert.gguf", {{"bert.attention.causal", true}}, kNotServed, "bert.attention.causal"},
        {"olmo2.gguf", {{"olmo2.attention.sliding_window", 4096}}, kNotServed, "an OLMo 3"},
        {"gemma2.gguf", {{"gemma2.rope.freq_base_swa", 5e4}}, kNotServed, "gemma2.rope.freq_base_swa"},
        {"gemma2.gguf", {{"gemma2.attention.sliding_window_pattern", {true}}}, kBroken, "no list of 2 values"},
        {"gemma2.gguf", {{"gemma2.attention.sliding_window_pattern", {true, 1}}}, kBroken, "no list of 2 values"},
        {"gemma2.gguf", {{"gemma2.attention.sliding_window_pattern", "SL"}}, kBroken, "pattern is \"SL\""},
        {"gemma2.gguf", {{"gemma2.final_logit_softcapping", "30"}}, kBroken, "final_logit_softcapping is \"30\""},
        {"qwen2.gguf", {{"qwen2.rope.scaling.type", "none"}, {"qwen2.rope.scaling.factor", 2}}, kBroken, "contradicts"},
        {"llama.gguf", {{"llama.rope.dimension_count", 4}}, kBroken, "rope_freqs.weight doesn't have 2 numbers"},
        {"llama.gguf",
         {{"llama.attention.key_length", nullptr}, {"llama.embedding_length", 25}},
         kBroken,
         "not a multiple of 4 heads"},
        {"gptneox.gguf", {{"gptneox.use_parallel_residual", 1}}, kBroken, "needs true or false"},
        {"llama.gguf",
         {{"general.architecture", "mamba"}},
         kNotServed,
         "unknown architecture \"mamba\"; known: gpt2, gptneox"},
    };
}

std::vector<Lie> all_lies() {
    std::vector<Lie> out = wrong_sizes();
    for (auto& more : {absent_sizes(), wrong_rotations(), other_lies(), gguf_lies()})
        out.insert(out.end(), more.begin(), more.end());
    return out;
}

class LyingConfig : public testing::TestWithParam<Lie> {};

TEST_P(LyingConfig, IsRefusedByTheNameOfWhatIsWrong) {
    const HonestConfig& honest = honest_config(GetParam().of);
    json metadata = honest.metadata;
    metadata.update(GetParam().change);
    const MemoryCheckpoint checkpoint(honest.kind, metadata, honest.tensors);
    try {
        bind_tensors(checkpoint, read_config(checkpoint));
        FAIL() << "was taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), GetParam().kind) << failure.what();
        EXPECT_THAT(failure.what(), HasSubstr(GetParam().message));
    }
}

INSTANTIATE_TEST_SUITE_P(Families, LyingConfig, testing::ValuesIn(all_lies()));

TEST(LyingTensors, AreRefusedByName) {
    HonestConfig twice = honest_config("llama");
    twice.tensors.push_back(listed_tensor("norm.weight", {24}, 0));
    const MemoryCheckpoint checkpoint(twice.kind, twice.metadata, twice.tensors);
    try {
        bind_tensors(checkpoint, read_config(checkpoint));
        FAIL() << "was taken";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("model.norm.weight and norm.weight are one and the same"));
    }
}

TEST(LyingTensors, AreRefusedWhereLeavingThemOutWouldChangeTheLogits) {
    for (const auto& [name, tensor] : {std::pair("llama", "lm_head.bias"), std::pair("llama.gguf", "output.bias"),
                                       std::pair("llama.gguf", "rope_factors_long.weight")}) {
        HonestConfig more = honest_config(name);
        more.tensors.push_back(listed_tensor(tensor, {50}, 0));
        const MemoryCheckpoint checkpoint(more.kind, more.metadata, more.tensors);
        EXPECT_THROW(bind_tensors(checkpoint, read_config(checkpoint)), Failure) << tensor;
    }
}

TEST(LyingTensors, IsRefusedWhereMetadataIsNoObject) {
    for (const json& metadata : {json::array(), json("text"), json(5), json()}) {
        const MemoryCheckpoint checkpoint(MetadataKind::kConfigJson, metadata);
        EXPECT_THROW(read_config(checkpoint), Failure);
    }
}

}  // namespace
}  // namespace gatescope
