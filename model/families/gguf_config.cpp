#include "model/families/gguf_config.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/core/error.h"
#include "model/families/hf_config.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kUnsupported, what, {}, "this program would give wrong numbers for it");
}

// What some files do beside their architecture's plain recipe.
void refuse_variants(const Metadata& keys) {
    if (keys.integer_or("expert_count", 0, kMostWidth, 0) > 0)
        refuse("a mixture of experts (" + keys.name_of("expert_count") + ")");
    for (const char* key : {"logit_scale", "embedding_scale", "residual_scale"})
        if (keys.positive_or(key, kMostFactor, 1.0) != 1.0) refuse(keys.name_of(key));
    for (const char* key : {"attention.clamp_kqv", "attention.max_alibi_bias"})
        if (keys.has(key)) refuse(keys.name_of(key));
}

std::int64_t vocab_of(const CheckpointReader& checkpoint, const Metadata& keys) {
    const TensorInfo* embedding = checkpoint.find("token_embd.weight");
    if (embedding == nullptr) throw Failure(FailureKind::kBadFile, "missing tensor token_embd.weight");
    const std::int64_t rows = embedding->shape.empty() ? 0 : embedding->shape.front();
    if (rows < 1 || rows > kMostVocab)
        throw Failure(FailureKind::kBadFile, "tensor token_embd.weight has " + std::to_string(rows) + " rows");
    return keys.integer_or("vocab_size", rows, rows, rows);
}

std::int64_t d_head_of(const Metadata& keys, const ModelConfig& config) {
    if (!keys.has("attention.key_length")) {
        if (config.d_model % config.n_heads != 0)
            throw Failure(FailureKind::kBadFile, keys.name_of("embedding_length") + " " +
                                                     std::to_string(config.d_model) + " is not a multiple of " +
                                                     std::to_string(config.n_heads) + " heads");
        return config.d_model / config.n_heads;
    }
    const std::int64_t d_head = keys.integer("attention.key_length", 1, kMostWidth);
    if (keys.integer_or("attention.value_length", 1, kMostWidth, d_head) != d_head)
        refuse("keys and values of different length (" + keys.name_of("attention.value_length") + ")");
    return d_head;
}

void read_rope_scaling(const Metadata& keys, ModelConfig& config) {
    const std::string kind = keys.text("rope.scaling.type").value_or("none");
    const char* const key = keys.has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
    const double factor = keys.positive_or(key, kMostFactor, 1.0);
    if (kind != "none" && kind != "linear")
        refuse("RoPE scaling \"" + one_line(kind, 40) + "\" (" + keys.name_of("rope.scaling.type") + ")");
    if (keys.positive_or("rope.scaling.attn_factor", kMostFactor, 1.0) != 1.0)
        refuse("RoPE scaling (" + keys.name_of("rope.scaling.attn_factor") + ")");
    if (factor == 1.0) return;
    if (kind == "none" && keys.has("rope.scaling.type"))
        throw Failure(FailureKind::kBadFile, keys.name_of(key) + " contradicts " + keys.name_of("rope.scaling.type"));
    config.rope_scaling.kind = RopeScaling::Kind::kLinear;
    config.rope_scaling.factor = factor;
}

void read_rope_divisors(const CheckpointReader& checkpoint, ModelConfig& config) {
    const TensorInfo* const table = checkpoint.find(kGgufRopeFrequencies);
    if (table == nullptr) return;
    const std::int64_t pairs = config.rope_dims / 2;
    if (table->shape != std::vector{pairs})
        throw Failure(FailureKind::kBadFile, std::string("tensor ") + kGgufRopeFrequencies + " doesn't have " +
                                                 std::to_string(pairs) + " numbers, one a rotated pair of channels");
    std::vector<float> divisors(static_cast<std::size_t>(pairs));
    checkpoint.read_float32(*table, 0, divisors);
    config.rope_divisors.assign(divisors.begin(), divisors.end());
}

}  // namespace

Metadata gguf_metadata(const CheckpointReader& checkpoint, const std::string& architecture) {
    return Metadata(checkpoint.metadata(), architecture + ".");
}

ModelConfig read_gguf_sizes(const CheckpointReader& checkpoint, const std::string& architecture,
                            const std::string& family) {
    const Metadata keys = gguf_metadata(checkpoint, architecture);
    refuse_variants(keys);
    ModelConfig config;
    config.family = family;
    // A layer has tensors of its own, so a file bounds the number of layers before anything is sized by it.
    const auto tensors = static_cast<std::int64_t>(checkpoint.tensors().size());
    config.n_layers = keys.integer("block_count", 1, std::min(tensors, kMostLayers));
    config.d_model = keys.integer("embedding_length", 1, kMostWidth);
    config.d_mlp = keys.integer("feed_forward_length", 1, kMostWidth);
    config.n_heads = keys.integer("attention.head_count", 1, kMostWidth);
    config.n_kv_heads = keys.integer_or("attention.head_count_kv", 1, kMostWidth, config.n_heads);
    config.d_head = d_head_of(keys, config);
    config.d_vocab = vocab_of(checkpoint, keys);
    config.n_ctx = keys.integer("context_length", 1, kMostPositions);
    config.attention_scale =
        keys.positive_or("attention.scale", kMostFactor, 1.0 / std::sqrt(static_cast<double>(config.d_head)));
    config.causal = keys.boolean_or("attention.causal", true);
    config.qkv_bias = checkpoint.find("blk.0.attn_q.bias") != nullptr;
    config.attention_out_bias = checkpoint.find("blk.0.attn_output.bias") != nullptr;
    config.mlp_bias = checkpoint.find("blk.0.ffn_up.bias") != nullptr;
    config.tied_embeddings = checkpoint.find("output.weight") == nullptr;
    return config;
}

void read_gguf_layer_norm(const Metadata& keys, ModelConfig& config) {
    config.norm = NormKind::kLayer;
    config.norm_epsilon = keys.positive("attention.layer_norm_epsilon", 1.0);
}

void read_gguf_learned_positions(const Metadata& keys, ModelConfig& config) {
    config.learned_positions = true;
    config.n_ctx = keys.integer("context_length", 1, kMostLearnedPositions);
}

void read_gguf_rope(const CheckpointReader& checkpoint, const Metadata& keys, ModelConfig& config) {
    config.rope_base = keys.positive_or("rope.freq_base", kMostBase, 10000.0);
    config.rope_dims = keys.integer_or("rope.dimension_count", 2, kMostWidth, config.d_head);
    if (keys.positive_or("rope.freq_base_swa", kMostBase, config.rope_base) != config.rope_base)
        refuse("RoPE of its own for some layers (" + keys.name_of("rope.freq_base_swa") + ")");
    read_rope_scaling(keys, config);
    read_rope_divisors(checkpoint, config);
}

ModelConfig read_gguf_decoder(const CheckpointReader& checkpoint, const std::string& architecture) {
    const Metadata keys = gguf_metadata(checkpoint, architecture);
    ModelConfig config = read_gguf_sizes(checkpoint, architecture, architecture);
    config.norm_epsilon = keys.positive("attention.layer_norm_rms_epsilon", 1.0);
    read_gguf_rope(checkpoint, keys, config);
    return config;
}

void read_gguf_windows(const Metadata& keys, std::int64_t window_otherwise, std::int64_t period, ModelConfig& config) {
    const char* const key = "attention.sliding_window_pattern";
    const std::int64_t window = keys.integer_or("attention.sliding_window", 0, kMostPositions, window_otherwise);
    if (window == 0) return;
    if (const auto pattern = keys.booleans(key, static_cast<std::size_t>(config.n_layers)))
        return set_windows(window, *pattern, config);
    period = keys.integer_or(key, 0, kMostWidth, period);
    std::vector<bool> windowed;
    for (std::int64_t layer = 0; layer < config.n_layers; ++layer)
        windowed.push_back(period == 0 || layer % period < period - 1);
    set_windows(window, std::move(windowed), config);
}

}  // namespace gatescope
