#include "model/families/hf_llama_names.h"

#include <map>
#include <string_view>

#include "model/core/error.h"

namespace gatescope {
namespace {

using Names = std::map<Weight, std::string_view>;

const Names& model_names() {
    static const Names names = {
        {Weight::kEmbedding, "model.embed_tokens.weight"},
        {Weight::kFinalNorm, "model.norm.weight"},
        {Weight::kUnembedding, "lm_head.weight"},
    };
    return names;
}

const Names& layer_names() {
    static const Names names = {
        {Weight::kAttentionNorm, "input_layernorm.weight"},
        {Weight::kQuery, "self_attn.q_proj.weight"},
        {Weight::kKey, "self_attn.k_proj.weight"},
        {Weight::kValue, "self_attn.v_proj.weight"},
        {Weight::kQueryBias, "self_attn.q_proj.bias"},
        {Weight::kKeyBias, "self_attn.k_proj.bias"},
        {Weight::kValueBias, "self_attn.v_proj.bias"},
        {Weight::kQueryNorm, "self_attn.q_norm.weight"},
        {Weight::kKeyNorm, "self_attn.k_norm.weight"},
        {Weight::kAttentionOut, "self_attn.o_proj.weight"},
        {Weight::kAttentionOutBias, "self_attn.o_proj.bias"},
        {Weight::kAttentionPostNorm, "post_attention_layernorm.weight"},
        {Weight::kMlpNorm, "post_attention_layernorm.weight"},
        {Weight::kMlpGate, "mlp.gate_proj.weight"},
        {Weight::kMlpUp, "mlp.up_proj.weight"},
        {Weight::kMlpDown, "mlp.down_proj.weight"},
        {Weight::kMlpGateBias, "mlp.gate_proj.bias"},
        {Weight::kMlpUpBias, "mlp.up_proj.bias"},
        {Weight::kMlpDownBias, "mlp.down_proj.bias"},
        {Weight::kMlpPostNorm, "post_feedforward_layernorm.weight"},
    };
    return names;
}

}  // namespace

StoredTensor hf_llama_stored(const CanonicalTensor& tensor, const ModelConfig& config) {
    if (tensor.weight == Weight::kMlpNorm && config.norm_place == NormPlace::kAround)
        return {.name = "model.layers." + std::to_string(tensor.layer) + ".pre_feedforward_layernorm.weight"};
    const Names& names = tensor.layer < 0 ? model_names() : layer_names();
    const auto found = names.find(tensor.weight);
    if (found == names.end())
        throw Failure(FailureKind::kInternal, "a weight of " + config.family + " that has no name");
    const std::string layer = tensor.layer < 0 ? "" : "model.layers." + std::to_string(tensor.layer) + ".";
    return {.name = layer + std::string(found->second)};
}

std::string hf_llama_plain_name(const std::string& file_name) {
    for (const char* part : {"layers.", "embed_tokens.", "norm."})
        if (file_name.starts_with(part)) return "model." + file_name;
    return file_name;
}

// Rotation tables say nothing new, and a classifier's head changes no hidden state. A layer's other tensors belong to a
// recipe that this is not.
bool hf_llama_ignorable(const std::string& name) {
    if (name.ends_with("rotary_emb.inv_freq")) return true;
    return !name.starts_with("model.") && name != "lm_head.bias";
}

Dialect hf_llama_dialect(const std::string& model_type, const std::string& class_prefix,
                         ModelConfig (*read_config)(const CheckpointReader&)) {
    return {model_type, class_prefix, read_config, hf_llama_stored, hf_llama_plain_name, hf_llama_ignorable};
}

}  // namespace gatescope
