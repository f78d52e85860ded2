// BERT: an encoder with norms after each residual sum, learned positions and token types, and the masked-LM head where
// the file has one. transformers: models/bert; GGUF: architecture "bert", which has no head.
#include <cmath>
#include <map>
#include <string_view>

#include "model/core/error.h"
#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostTokenTypes = std::int64_t{1} << 16;

void set_recipe(ModelConfig& config) {
    config.family = "bert";
    config.causal = false;
    config.norm = NormKind::kLayer;
    config.norm_place = NormPlace::kAfterResidual;
    config.learned_positions = config.embedding_norm = true;
    config.qkv_bias = config.attention_out_bias = config.mlp_bias = true;
    config.gated_mlp = false;
    config.activation = Activation::kGelu;
}

void settle_head(const CheckpointReader& checkpoint, const Metadata& json, ModelConfig& config) {
    if (checkpoint.find("cls.predictions.transform.dense.weight") == nullptr) {
        config.lm_head = LmHead::kNone;
        return;
    }
    settle_unembedding(checkpoint, json.boolean_or("tie_word_embeddings", true),
                       "bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight", config);
    if (config.lm_head == LmHead::kNone) return;
    config.lm_head = LmHead::kTransform;
    config.unembedding_bias = true;
}

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    const Metadata json(checkpoint.metadata(), "");
    refuse_hf_variants(json);
    refuse_if_true(json, "is_decoder");
    const std::string positions = json.text("position_embedding_type").value_or("absolute");
    if (positions != "absolute")
        throw Failure(FailureKind::kUnsupported,
                      "positions of kind \"" + one_line(positions, 40) + "\" (position_embedding_type)", {},
                      "known: absolute");
    ModelConfig config;
    set_recipe(config);
    read_hf_sizes(checkpoint, config);
    config.d_head = hf_split_width(config);
    config.n_ctx = json.integer_or("max_position_embeddings", 1, kMostLearnedPositions, 512);
    config.n_token_types = json.integer_or("type_vocab_size", 1, kMostTokenTypes, 2);
    config.norm_epsilon = json.positive_or("layer_norm_eps", 1.0, 1e-12);
    config.activation = hf_activation(json, "hidden_act", "gelu");
    config.attention_scale = 1.0 / std::sqrt(static_cast<double>(config.d_head));
    settle_head(checkpoint, json, config);
    return config;
}

const std::map<Weight, std::string_view>& model_names() {
    static const std::map<Weight, std::string_view> names = {
        {Weight::kEmbedding, "bert.embeddings.word_embeddings.weight"},
        {Weight::kPositionEmbedding, "bert.embeddings.position_embeddings.weight"},
        {Weight::kTokenTypeEmbedding, "bert.embeddings.token_type_embeddings.weight"},
        {Weight::kEmbeddingNorm, "bert.embeddings.LayerNorm.weight"},
        {Weight::kEmbeddingNormBias, "bert.embeddings.LayerNorm.bias"},
        {Weight::kHeadDense, "cls.predictions.transform.dense.weight"},
        {Weight::kHeadDenseBias, "cls.predictions.transform.dense.bias"},
        {Weight::kHeadNorm, "cls.predictions.transform.LayerNorm.weight"},
        {Weight::kHeadNormBias, "cls.predictions.transform.LayerNorm.bias"},
        {Weight::kUnembedding, "cls.predictions.decoder.weight"},
        {Weight::kUnembeddingBias, "cls.predictions.bias"},
    };
    return names;
}

const std::map<Weight, std::string_view>& layer_names() {
    static const std::map<Weight, std::string_view> names = {
        {Weight::kQuery, "attention.self.query.weight"},
        {Weight::kKey, "attention.self.key.weight"},
        {Weight::kValue, "attention.self.value.weight"},
        {Weight::kQueryBias, "attention.self.query.bias"},
        {Weight::kKeyBias, "attention.self.key.bias"},
        {Weight::kValueBias, "attention.self.value.bias"},
        {Weight::kAttentionOut, "attention.output.dense.weight"},
        {Weight::kAttentionOutBias, "attention.output.dense.bias"},
        {Weight::kAttentionPostNorm, "attention.output.LayerNorm.weight"},
        {Weight::kAttentionPostNormBias, "attention.output.LayerNorm.bias"},
        {Weight::kMlpUp, "intermediate.dense.weight"},
        {Weight::kMlpUpBias, "intermediate.dense.bias"},
        {Weight::kMlpDown, "output.dense.weight"},
        {Weight::kMlpDownBias, "output.dense.bias"},
        {Weight::kMlpPostNorm, "output.LayerNorm.weight"},
        {Weight::kMlpPostNormBias, "output.LayerNorm.bias"},
    };
    return names;
}

StoredTensor stored_hf(const CanonicalTensor& tensor, const ModelConfig&) {
    if (tensor.layer >= 0)
        return {.name = "bert.encoder.layer." + std::to_string(tensor.layer) + "." +
                        std::string(layer_names().at(tensor.weight))};
    StoredTensor out{.name = std::string(model_names().at(tensor.weight))};
    // One bias under two names; where a file has both and they differ, transformers adds the decoder's.
    if (tensor.weight == Weight::kUnembeddingBias) {
        out.fallback = out.name;
        out.name = "cls.predictions.decoder.bias";
    }
    return out;
}

// A BertModel's names lack "bert."; Google's files call a norm's gain and bias gamma and beta.
std::string plain_name(const std::string& file_name) {
    std::string out = file_name;
    for (const char* part : {"embeddings.", "encoder.", "pooler."})
        if (file_name.starts_with(part)) out = "bert." + file_name;
    for (const auto& [old, now] : {std::pair<std::string_view, const char*>{".gamma", ".weight"}, {".beta", ".bias"}})
        if (out.ends_with(old)) out = out.substr(0, out.size() - old.size()) + now;
    return out;
}

// Position numbers as a buffer, the pooler, and heads that change no hidden state.
bool ignorable(const std::string& name) {
    if (name == "bert.embeddings.position_ids") return true;
    return !name.starts_with("bert.encoder.") && !name.starts_with("bert.embeddings.");
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "bert");
    if (keys.boolean_or("attention.causal", false))
        throw Failure(FailureKind::kUnsupported, "a causal BERT (bert.attention.causal)");
    ModelConfig config = read_gguf_sizes(checkpoint, "bert", "bert");
    set_recipe(config);
    read_gguf_layer_norm(keys, config);
    read_gguf_learned_positions(keys, config);
    const TensorInfo* const types = checkpoint.find("token_types.weight");
    config.n_token_types = types == nullptr || types->shape.empty() ? 0 : types->shape.front();
    config.lm_head = LmHead::kNone;
    config.tied_embeddings = false;
    return config;
}

StoredTensor stored_gguf(const CanonicalTensor& tensor, const ModelConfig& config) {
    const std::string block = "blk." + std::to_string(tensor.layer) + ".";
    if (tensor.weight == Weight::kAttentionPostNorm) return {.name = block + "attn_output_norm.weight"};
    if (tensor.weight == Weight::kMlpPostNorm) return {.name = block + "layer_output_norm.weight"};
    return gguf_stored(tensor, config);
}

}  // namespace

Family bert_family() {
    return {"bert", "BERT", Dialect{"bert", "Bert", read_hf, stored_hf, plain_name, ignorable},
            gguf_dialect("bert", read_gguf, stored_gguf)};
}

}  // namespace gatescope
