#include "tests/support/honest_configs.h"

#include <stdexcept>
#include <utility>

namespace gatescope {
namespace {

using Json = nlohmann::json;
using Shape = std::vector<std::int64_t>;

// Sizes of all of them: D d_model, M d_mlp, V d_vocab, Q and K rows of queries and keys.
constexpr std::int64_t kLayers = 2, kD = 24, kM = 40, kV = 50, kQ = 24, kK = 12, kHead = 6, kPositions = 32;

class Listing {
  public:
    Listing& add(const std::string& name, const Shape& shape) {
        tensors_.push_back(listed_tensor(name, shape, next_));
        next_ += tensors_.back().size_bytes;
        return *this;
    }
    // "N" in a name stands for the layer.
    Listing& add_layers(const std::vector<std::pair<std::string, Shape>>& of_layer) {
        for (std::int64_t layer = 0; layer < kLayers; ++layer)
            for (const auto& [name, shape] : of_layer) {
                std::string full = name;
                full.replace(full.find('N'), 1, std::to_string(layer));
                add(full, shape);
            }
        return *this;
    }
    std::vector<TensorInfo> take() { return std::move(tensors_); }

  private:
    std::vector<TensorInfo> tensors_;
    std::uint64_t next_ = 0;
};

Json hf_sizes(const std::string& type) {
    return {{"model_type", type},      {"hidden_size", kD},
            {"num_hidden_layers", 2},  {"num_attention_heads", 4},
            {"intermediate_size", kM}, {"vocab_size", kV},
            {"rms_norm_eps", 1e-5},    {"max_position_embeddings", kPositions},
            {"hidden_act", "silu"},    {"num_key_value_heads", 2},
            {"head_dim", kHead},       {"tie_word_embeddings", false}};
}

struct Extras {
    bool around = false, only_after = false, tied = false;
    std::vector<std::pair<std::string, Shape>> of_layer = {};
};

std::vector<TensorInfo> hf_llama_tensors(const Extras& extras) {
    const std::string layer = "model.layers.N.";
    Listing out;
    out.add("model.embed_tokens.weight", {kV, kD});
    if (!extras.only_after) out.add_layers({{layer + "input_layernorm.weight", {kD}}});
    out.add_layers({{layer + "self_attn.q_proj.weight", {kQ, kD}},
                    {layer + "self_attn.k_proj.weight", {kK, kD}},
                    {layer + "self_attn.v_proj.weight", {kK, kD}},
                    {layer + "self_attn.o_proj.weight", {kD, kQ}},
                    {layer + "post_attention_layernorm.weight", {kD}},
                    {layer + "mlp.gate_proj.weight", {kM, kD}},
                    {layer + "mlp.up_proj.weight", {kM, kD}},
                    {layer + "mlp.down_proj.weight", {kD, kM}}});
    if (extras.around) out.add_layers({{layer + "pre_feedforward_layernorm.weight", {kD}}});
    if (extras.around || extras.only_after) out.add_layers({{layer + "post_feedforward_layernorm.weight", {kD}}});
    out.add_layers(extras.of_layer).add("model.norm.weight", {kD});
    if (!extras.tied) out.add("lm_head.weight", {kV, kD});
    return out.take();
}

HonestConfig hf_llama(const std::string& type, const Json& change, const Extras& extras) {
    Json json = hf_sizes(type);
    json.update(change);
    return {type, MetadataKind::kConfigJson, std::move(json), hf_llama_tensors(extras)};
}

HonestConfig gpt2() {
    const std::string layer = "h.N.";
    Listing out;
    out.add("wte.weight", {kV, kD}).add("wpe.weight", {kPositions, kD}).add("ln_f.weight", {kD}).add("ln_f.bias", {kD});
    out.add_layers({{layer + "attn.bias", {1, 1, kPositions, kPositions}},
                    {layer + "ln_1.weight", {kD}},
                    {layer + "ln_1.bias", {kD}},
                    {layer + "attn.c_attn.weight", {kD, 3 * kD}},
                    {layer + "attn.c_attn.bias", {3 * kD}},
                    {layer + "attn.c_proj.weight", {kD, kD}},
                    {layer + "attn.c_proj.bias", {kD}},
                    {layer + "ln_2.weight", {kD}},
                    {layer + "ln_2.bias", {kD}},
                    {layer + "mlp.c_fc.weight", {kD, 4 * kD}},
                    {layer + "mlp.c_fc.bias", {4 * kD}},
                    {layer + "mlp.c_proj.weight", {4 * kD, kD}},
                    {layer + "mlp.c_proj.bias", {kD}}});
    const Json json = {{"model_type", "gpt2"}, {"n_embd", kD},
                       {"n_layer", 2},         {"n_head", 4},
                       {"n_inner", nullptr},   {"n_positions", kPositions},
                       {"vocab_size", kV},     {"layer_norm_epsilon", 1e-5}};
    return {"gpt2", MetadataKind::kConfigJson, json, out.take()};
}

HonestConfig gpt_neox() {
    const std::string layer = "gpt_neox.layers.N.";
    Listing out;
    out.add("gpt_neox.embed_in.weight", {kV, kD}).add("embed_out.weight", {kV, kD});
    out.add("gpt_neox.final_layer_norm.weight", {kD}).add("gpt_neox.final_layer_norm.bias", {kD});
    out.add_layers({{layer + "attention.rotary_emb.inv_freq", {2}},
                    {layer + "attention.masked_bias", {}},
                    {layer + "input_layernorm.weight", {kD}},
                    {layer + "input_layernorm.bias", {kD}},
                    {layer + "attention.query_key_value.weight", {3 * kD, kD}},
                    {layer + "attention.query_key_value.bias", {3 * kD}},
                    {layer + "attention.dense.weight", {kD, kD}},
                    {layer + "attention.dense.bias", {kD}},
                    {layer + "post_attention_layernorm.weight", {kD}},
                    {layer + "post_attention_layernorm.bias", {kD}},
                    {layer + "mlp.dense_h_to_4h.weight", {kM, kD}},
                    {layer + "mlp.dense_h_to_4h.bias", {kM}},
                    {layer + "mlp.dense_4h_to_h.weight", {kD, kM}},
                    {layer + "mlp.dense_4h_to_h.bias", {kD}}});
    Json json = hf_sizes("gpt_neox");
    json.update({{"hidden_act", "gelu"}, {"rotary_pct", 0.7}, {"rotary_emb_base", 5000}, {"layer_norm_eps", 1e-6}});
    return {"gpt_neox", MetadataKind::kConfigJson, json, out.take()};
}

HonestConfig bert() {
    const std::string layer = "bert.encoder.layer.N.";
    Listing out;
    out.add("bert.embeddings.word_embeddings.weight", {kV, kD});
    out.add("bert.embeddings.position_embeddings.weight", {kPositions, kD});
    out.add("bert.embeddings.token_type_embeddings.weight", {2, kD});
    out.add("bert.embeddings.LayerNorm.gamma", {kD}).add("bert.embeddings.LayerNorm.beta", {kD});
    out.add("bert.embeddings.position_ids", {1, kPositions});
    out.add("bert.pooler.dense.weight", {kD, kD}).add("cls.seq_relationship.bias", {2});
    out.add("cls.predictions.transform.dense.weight", {kD, kD}).add("cls.predictions.transform.dense.bias", {kD});
    out.add("cls.predictions.transform.LayerNorm.gamma", {kD}).add("cls.predictions.transform.LayerNorm.beta", {kD});
    out.add("cls.predictions.bias", {kV});
    out.add_layers({{layer + "attention.self.query.weight", {kD, kD}},
                    {layer + "attention.self.query.bias", {kD}},
                    {layer + "attention.self.key.weight", {kD, kD}},
                    {layer + "attention.self.key.bias", {kD}},
                    {layer + "attention.self.value.weight", {kD, kD}},
                    {layer + "attention.self.value.bias", {kD}},
                    {layer + "attention.output.dense.weight", {kD, kD}},
                    {layer + "attention.output.dense.bias", {kD}},
                    {layer + "attention.output.LayerNorm.gamma", {kD}},
                    {layer + "attention.output.LayerNorm.beta", {kD}},
                    {layer + "intermediate.dense.weight", {kM, kD}},
                    {layer + "intermediate.dense.bias", {kM}},
                    {layer + "output.dense.weight", {kD, kM}},
                    {layer + "output.dense.bias", {kD}},
                    {layer + "output.LayerNorm.gamma", {kD}},
                    {layer + "output.LayerNorm.beta", {kD}}});
    Json json = hf_sizes("bert");
    json.update({{"hidden_act", "gelu"}, {"type_vocab_size", 2}, {"tie_word_embeddings", true}});
    return {"bert", MetadataKind::kConfigJson, json, out.take()};
}

Json gguf_keys(const std::string& architecture) {
    const std::string prefix = architecture + ".";
    return {{"general.architecture", architecture},
            {prefix + "block_count", 2},
            {prefix + "context_length", kPositions},
            {prefix + "embedding_length", kD},
            {prefix + "feed_forward_length", kM},
            {prefix + "attention.head_count", 4},
            {prefix + "attention.head_count_kv", 2},
            {prefix + "attention.key_length", kHead},
            {prefix + "attention.layer_norm_epsilon", 1e-5},
            {prefix + "attention.layer_norm_rms_epsilon", 1e-5},
            {prefix + "rope.freq_base", 10000.0}};
}

HonestConfig gguf_llama(const std::string& architecture, bool norms_before, bool norms_after,
                        const std::vector<std::pair<std::string, Shape>>& of_layer) {
    Listing out;
    out.add("token_embd.weight", {kV, kD}).add("output_norm.weight", {kD});
    const std::string block = "blk.N.";
    if (norms_before) out.add_layers({{block + "attn_norm.weight", {kD}}, {block + "ffn_norm.weight", {kD}}});
    if (norms_after)
        out.add_layers({{block + "post_attention_norm.weight", {kD}}, {block + "post_ffw_norm.weight", {kD}}});
    out.add_layers({{block + "attn_q.weight", {kQ, kD}},
                    {block + "attn_k.weight", {kK, kD}},
                    {block + "attn_v.weight", {kK, kD}},
                    {block + "attn_output.weight", {kD, kQ}},
                    {block + "ffn_gate.weight", {kM, kD}},
                    {block + "ffn_up.weight", {kM, kD}},
                    {block + "ffn_down.weight", {kD, kM}}});
    out.add_layers(of_layer).add("rope_freqs.weight", {kHead / 2});
    return {architecture + ".gguf", MetadataKind::kGguf, gguf_keys(architecture), out.take()};
}

// GPT-2 and GPT-NeoX, which differ in where positions come from.
HonestConfig gguf_fused(const std::string& architecture, bool learned_positions) {
    Listing out;
    out.add("token_embd.weight", {kV, kD}).add("output_norm.weight", {kD}).add("output_norm.bias", {kD});
    if (learned_positions) out.add("position_embd.weight", {kPositions, kD});
    const std::string block = "blk.N.";
    out.add_layers({{block + "attn_norm.weight", {kD}},
                    {block + "attn_norm.bias", {kD}},
                    {block + "attn_qkv.weight", {3 * kD, kD}},
                    {block + "attn_qkv.bias", {3 * kD}},
                    {block + "attn_output.weight", {kD, kD}},
                    {block + "attn_output.bias", {kD}},
                    {block + "ffn_norm.weight", {kD}},
                    {block + "ffn_norm.bias", {kD}},
                    {block + "ffn_up.weight", {kM, kD}},
                    {block + "ffn_up.bias", {kM}},
                    {block + "ffn_down.weight", {kD, kM}},
                    {block + "ffn_down.bias", {kD}}});
    Json json = gguf_keys(architecture);
    json[architecture + ".attention.head_count_kv"] = 4;
    json[architecture + ".rope.dimension_count"] = 4;
    return {architecture + ".gguf", MetadataKind::kGguf, json, out.take()};
}

HonestConfig gguf_bert() {
    Listing out;
    out.add("token_embd.weight", {kV, kD}).add("token_types.weight", {2, kD});
    out.add("position_embd.weight", {kPositions, kD});
    out.add("token_embd_norm.weight", {kD}).add("token_embd_norm.bias", {kD});
    const std::string block = "blk.N.";
    for (const char* matrix : {"attn_q", "attn_k", "attn_v", "attn_output"})
        out.add_layers({{block + matrix + ".weight", {kD, kD}}, {block + matrix + ".bias", {kD}}});
    for (const char* norm : {"attn_output_norm", "layer_output_norm"})
        out.add_layers({{block + norm + ".weight", {kD}}, {block + norm + ".bias", {kD}}});
    out.add_layers({{block + "ffn_up.weight", {kM, kD}},
                    {block + "ffn_up.bias", {kM}},
                    {block + "ffn_down.weight", {kD, kM}},
                    {block + "ffn_down.bias", {kD}}});
    Json json = gguf_keys("bert");
    json["bert.attention.head_count_kv"] = 4;
    json["bert.attention.causal"] = false;
    return {"bert.gguf", MetadataKind::kGguf, json, out.take()};
}

std::vector<std::pair<std::string, Shape>> biases(const std::string& layer, const char* q, const char* k,
                                                  const char* v) {
    return {{layer + q, {kQ}}, {layer + k, {kK}}, {layer + v, {kK}}};
}

}  // namespace

TensorInfo listed_tensor(const std::string& name, const Shape& shape, std::uint64_t offset) {
    std::uint64_t count = 1;
    for (const std::int64_t size : shape) count *= static_cast<std::uint64_t>(size);
    return {.name = name, .shape = shape, .dtype = "F32", .offset = offset, .size_bytes = 4 * count};
}

const std::vector<HonestConfig>& honest_configs() {
    static const std::string layer = "model.layers.N.self_attn.", block = "blk.N.attn_";
    static const std::vector<HonestConfig> list = {
        hf_llama("llama",
                 {{"rope_scaling",
                   {{"rope_type", "llama3"},
                    {"factor", 8.0},
                    {"low_freq_factor", 1.0},
                    {"high_freq_factor", 4.0},
                    {"original_max_position_embeddings", 16}}},
                  {"rope_theta", 5e5}},
                 {}),
        hf_llama("mistral", {{"sliding_window", 8}}, {}),
        hf_llama("qwen2", {{"use_sliding_window", true}, {"sliding_window", 8}, {"max_window_layers", 1}},
                 {.of_layer = biases(layer, "q_proj.bias", "k_proj.bias", "v_proj.bias")}),
        hf_llama("qwen3", {{"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 1e6}}}},
                 {.of_layer = {{layer + "q_norm.weight", {kHead}}, {layer + "k_norm.weight", {kHead}}}}),
        hf_llama("gemma2",
                 {{"tie_word_embeddings", true},
                  {"sliding_window", 8},
                  {"query_pre_attn_scalar", 5},
                  {"final_logit_softcapping", nullptr}},
                 {.around = true, .tied = true}),
        hf_llama("olmo2", Json::object(),
                 {.only_after = true, .of_layer = {{layer + "q_norm.weight", {kQ}}, {layer + "k_norm.weight", {kK}}}}),
        gpt2(),
        gpt_neox(),
        bert(),
        gguf_llama("llama", true, false, {}),
        gguf_llama("qwen2", true, false, biases(block, "q.bias", "k.bias", "v.bias")),
        gguf_llama("qwen3", true, false, {{block + "q_norm.weight", {kHead}}, {block + "k_norm.weight", {kHead}}}),
        gguf_llama("gemma2", true, true, {}),
        gguf_llama("olmo2", false, true, {{block + "q_norm.weight", {kQ}}, {block + "k_norm.weight", {kK}}}),
        gguf_fused("gpt2", true),
        gguf_fused("gptneox", false),
        gguf_bert(),
    };
    return list;
}

const HonestConfig& honest_config(const std::string& name) {
    for (const HonestConfig& config : honest_configs())
        if (config.name == name) return config;
    throw std::out_of_range(name);
}

}  // namespace gatescope
