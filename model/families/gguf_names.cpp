#include "model/families/gguf_names.h"

#include <map>
#include <string_view>

#include "model/core/error.h"

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
        {Weight::kMlpNorm, "ffn_norm.weight"},
        {Weight::kMlpNormBias, "ffn_norm.bias"},
        {Weight::kMlpGate, "ffn_gate.weight"},
        {Weight::kMlpUp, "ffn_up.weight"},
        {Weight::kMlpDown, "ffn_down.weight"},
        {Weight::kMlpGateBias, "ffn_gate.bias"},
        {Weight::kMlpUpBias, "ffn_up.bias"},
        {Weight::kMlpDownBias, "ffn_down.bias"},
        {Weight::kMlpPostNorm, "post_ffw_norm.weight"},
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

}  // namespace

StoredTensor gguf_stored(const CanonicalTensor& tensor, const ModelConfig& config) {
    const Names& names = tensor.layer < 0 ? model_names() : layer_names();
    const auto found = names.find(tensor.weight);
    if (found == names.end())
        throw Failure(FailureKind::kInternal, "a weight of " + config.family + " that GGUF has no name for");
    const std::string block = tensor.layer < 0 ? "" : "blk." + std::to_string(tensor.layer) + ".";
    return {.name = block + std::string(found->second)};
}

}  // namespace gatescope
