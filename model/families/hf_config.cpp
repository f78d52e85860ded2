#include "model/families/hf_config.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "model/core/error.h"
#include "model/families/hf_rope.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kUnsupported, what, {}, "this program would give wrong numbers for it");
}

std::int64_t kv_heads_of(const Metadata& json, const HfDefaults& defaults, const ModelConfig& config) {
    const bool as_queries = json.states("num_key_value_heads") || defaults.n_kv_heads == 0;
    return json.integer_or("num_key_value_heads", 1, kMostWidth, as_queries ? config.n_heads : defaults.n_kv_heads);
}

std::int64_t d_head_of(const Metadata& json, const HfDefaults& defaults, const ModelConfig& config) {
    if (json.has("head_dim")) return json.integer("head_dim", 1, kMostWidth);
    return defaults.d_head > 0 ? defaults.d_head : hf_split_width(config);
}

}  // namespace

std::int64_t hf_layers(const CheckpointReader& checkpoint, const std::string& key) {
    const auto tensors = static_cast<std::int64_t>(checkpoint.tensors().size());
    const std::int64_t layers = Metadata(checkpoint.metadata(), "").integer(key, 1, kMostLayers);
    if (layers > tensors)
        throw Failure(FailureKind::kBadFile, key + " is " + std::to_string(layers), {},
                      "the file has " + std::to_string(tensors) + " tensors in all");
    return layers;
}

std::int64_t hf_split_width(const ModelConfig& config) {
    if (config.d_model % config.n_heads != 0)
        throw Failure(FailureKind::kBadFile, "a width of " + std::to_string(config.d_model) + " doesn't divide into " +
                                                 std::to_string(config.n_heads) + " heads");
    return config.d_model / config.n_heads;
}

void read_hf_sizes(const CheckpointReader& checkpoint, ModelConfig& config) {
    const Metadata json(checkpoint.metadata(), "");
    config.n_layers = hf_layers(checkpoint, "num_hidden_layers");
    config.d_model = json.integer("hidden_size", 1, kMostWidth);
    config.d_mlp = json.integer("intermediate_size", 1, kMostWidth);
    config.d_vocab = json.integer("vocab_size", 1, kMostVocab);
    config.n_heads = config.n_kv_heads = json.integer("num_attention_heads", 1, kMostWidth);
}

Activation hf_activation(const Metadata& json, const std::string& key, const std::string& otherwise) {
    static const std::map<std::string, Activation> known = {
        {"silu", Activation::kSilu},          {"swish", Activation::kSilu},
        {"gelu", Activation::kGelu},          {"gelu_python", Activation::kGelu},
        {"gelu_new", Activation::kGeluTanh},  {"gelu_pytorch_tanh", Activation::kGeluTanh},
        {"gelu_fast", Activation::kGeluTanh}, {"gelu_accurate", Activation::kGeluTanh},
        {"relu", Activation::kRelu},
    };
    const std::string word = json.text(key).value_or(otherwise);
    const auto found = known.find(word);
    if (found != known.end()) return found->second;
    std::string words;
    for (const auto& [name, activation] : known) words += (words.empty() ? "" : ", ") + name;
    throw Failure(FailureKind::kUnsupported, "unknown activation \"" + one_line(word, 40) + "\" (" + key + ")", {},
                  "known: " + words);
}

void settle_unembedding(const CheckpointReader& checkpoint, bool tied, const std::string& embedding,
                        const std::string& unembedding, ModelConfig& config) {
    const TensorInfo* const own = checkpoint.find(unembedding);
    const TensorInfo* const shared = checkpoint.find(embedding);
    const bool same_bytes = own != nullptr && shared != nullptr && own->size_bytes == shared->size_bytes &&
                            own->offset == shared->offset && own->dtype == shared->dtype;
    const bool one_matrix =
        own == nullptr || shared == nullptr || (same_bytes && checkpoint.weight_files().size() == 1);
    config.tied_embeddings = tied && one_matrix;
    config.lm_head = own == nullptr && !tied ? LmHead::kNone : LmHead::kPlain;
}

void refuse_if_true(const Metadata& json, const std::string& key) {
    if (json.boolean_or(key, false)) refuse(key);
}

void refuse_hf_variants(const Metadata& json) {
    if (const auto quantized = json.section("quantization_config"))
        refuse("quantised weights (quantization_config: " + quantized->text("quant_method").value_or("unnamed") + ")");
    for (const char* key : {"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"})
        if (json.integer_or(key, 0, kMostWidth, 0) > 0) refuse(std::string("a mixture of experts (") + key + ")");
    for (const char* key : {"is_encoder_decoder", "add_cross_attention", "use_mrope"}) refuse_if_true(json, key);
    if (json.has("clip_qkv")) refuse("clip_qkv");
}

void set_windows(std::int64_t window, std::vector<bool> windowed, ModelConfig& config) {
    const auto count = std::count(windowed.begin(), windowed.end(), true);
    if (count > 0 && window == 0)
        throw Failure(FailureKind::kBadFile, "layers have a sliding window, but its size (sliding_window) is not set");
    config.sliding_window = count > 0 ? window : 0;
    if (count > 0 && count < config.n_layers) config.windowed_layers = std::move(windowed);
}

void read_hf_windows(const Metadata& json, std::int64_t window, const std::function<bool(std::int64_t)>& otherwise,
                     ModelConfig& config) {
    std::vector<bool> windowed(static_cast<std::size_t>(config.n_layers));
    const auto types = json.texts("layer_types", windowed.size());
    for (std::size_t layer = 0; layer < windowed.size(); ++layer) {
        if (types && (*types)[layer] != "full_attention" && (*types)[layer] != "sliding_attention")
            refuse("layers of type \"" + one_line((*types)[layer], 40) + "\" (layer_types)");
        windowed[layer] = types ? (*types)[layer] == "sliding_attention" : otherwise(static_cast<std::int64_t>(layer));
    }
    set_windows(window, std::move(windowed), config);
}

ModelConfig read_hf_decoder(const CheckpointReader& checkpoint, const HfDefaults& defaults) {
    const Metadata json(checkpoint.metadata(), "");
    refuse_hf_variants(json);
    ModelConfig config;
    config.family = defaults.family;
    read_hf_sizes(checkpoint, config);
    config.n_kv_heads = kv_heads_of(json, defaults, config);
    config.d_head = d_head_of(json, defaults, config);
    config.n_ctx = json.integer_or("max_position_embeddings", 1, kMostPositions, defaults.n_ctx);
    config.norm_epsilon = json.positive_or("rms_norm_eps", 1.0, defaults.norm_epsilon);
    config.attention_scale = 1.0 / std::sqrt(static_cast<double>(config.d_head));
    config.activation = hf_activation(json, defaults.activation_key, defaults.activation);
    read_hf_rope(json, {}, config);
    const std::string prefix = checkpoint.find("embed_tokens.weight") == nullptr ? "model." : "";
    settle_unembedding(checkpoint, json.boolean_or("tie_word_embeddings", defaults.tied),
                       prefix + "embed_tokens.weight", "lm_head.weight", config);
    return config;
}

}  // namespace gatescope
