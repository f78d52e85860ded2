#include "model/families/gguf_names.h"

#include <map>
#include <string_view>

#include "model/core/error.h"
#include "model/families/gguf_config.h"

namespace gatescope {
namespace {

using Names = std::map<Weight, std::string_view>;

const Names& layer_names() {
    static const Names names = {
        {Weight::kAttentionNorm, "attn_norm.weight"},
        {Weight::kAttentionNormBias, "attn_norm.bias"},
        {Weight::kQuery, "attn_q.weight"},
        {Weight::kKey, "attn_k.weight"},
        {Weight::kValue, "attn_v.weight"},
        {Weight::kQueryBias, "attn_q.bias"},
        {Weight::kKeyBias, "attn_k.bias"},
        {Weight::kValueBias, "attn_v.bias"},
        {Weight::kQueryNorm, "attn_q_norm.weight"},
        {Weight::kKeyNorm, "attn_k_norm.weight"},
        {Weight::kAttentionOut, "attn_output.weight"},
        {Weight::kAttentionOutBias, "attn_output.bias"},
        {Weight::kAttentionPostNorm, "post_attention_norm.weight"},
        {Weight::kAttentionPostNormBias, "attn_output_norm.bias"},
        {Weight::kMlpNorm, "ffn_norm.weight"},
        {Weight::kMlpNormBias, "ffn_norm.bias"},
        {Weight::kMlpGate, "ffn_gate.weight"},
        {Weight::kMlpUp, "ffn_up.weight"},
        {Weight::kMlpDown, "ffn_down.weight"},
        {Weight::kMlpGateBias, "ffn_gate.bias"},
        {Weight::kMlpUpBias, "ffn_up.bias"},
        {Weight::kMlpDownBias, "ffn_down.bias"},
        {Weight::kMlpPostNorm, "post_ffw_norm.weight"},
        {Weight::kMlpPostNormBias, "layer_output_norm.bias"},
    };
    return names;
}

const Names& model_names() {
    static const Names names = {
        {Weight::kEmbedding, "token_embd.weight"},
        {Weight::kPositionEmbedding, "position_embd.weight"},
        {Weight::kTokenTypeEmbedding, "token_types.weight"},
        {Weight::kEmbeddingNorm, "token_embd_norm.weight"},
        {Weight::kEmbeddingNormBias, "token_embd_norm.bias"},
        {Weight::kFinalNorm, "output_norm.weight"},
        {Weight::kFinalNormBias, "output_norm.bias"},
        {Weight::kUnembedding, "output.weight"},
    };
    return names;
}

std::string same_name(const std::string& file_name) {
    return file_name;
}

// Biases, scales or extra norms belong to a recipe that this is not; a layer's rotation tables say nothing new, and a
// classifier's head changes no hidden state.
bool ignorable(const std::string& name) {
    if (name.ends_with(".attn_rot_embd.weight")) return true;
    for (const char* part : {"blk.", "output", "token_", "position_embd", "rope_"})
        if (name.starts_with(part)) return false;
    return true;
}

}  // namespace

StoredTensor gguf_stored(const CanonicalTensor& tensor, const ModelConfig& config) {
    const Names& names = tensor.layer < 0 ? model_names() : layer_names();
    const auto found = names.find(tensor.weight);
    if (found == names.end())
        throw Failure(FailureKind::kInternal, "a weight of " + config.family + " that GGUF has no name for");
    const std::string block = tensor.layer < 0 ? "" : "blk." + std::to_string(tensor.layer) + ".";
    return {.name = block + std::string(found->second)};
}

StoredTensor gguf_stored_fused(const CanonicalTensor& tensor, const ModelConfig& config) {
    StoredTensor out = gguf_stored(tensor, config);
    const std::string block = "blk." + std::to_string(tensor.layer) + ".attn_";
    std::int64_t part = 0;
    for (const char* letter : {"q.", "k.", "v."}) {
        const std::string apart = block + letter;
        if (out.name.starts_with(apart))
            return {.name = block + "qkv." + out.name.substr(apart.size()), .part = part, .parts = 3};
        ++part;
    }
    return out;
}

Dialect gguf_dialect(const std::string& architecture, ModelConfig (*read_config)(const CheckpointReader&),
                     StoredTensor (*stored)(const CanonicalTensor&, const ModelConfig&)) {
    return {architecture, "", read_config, stored, same_name, ignorable, kGgufRopeFrequencies};
}

}  // namespace gatescope
