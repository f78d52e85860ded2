// Llama in GGUF (SmolLM2, TinyLlama, Llama 1 to 3 ...): RMSNorm before attention and MLP, RoPE, grouped-query
// attention, SiLU-gated MLP, no biases. Key and tensor names: gguf-py/gguf/constants.py of ggml-org/llama.cpp.
#include <cmath>

#include "model/core/error.h"
#include "model/families/family.h"
#include "model/families/gguf_names.h"
#include "model/families/metadata.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostWidth = std::int64_t{1} << 20;
constexpr std::int64_t kMostVocab = std::int64_t{1} << 24;
constexpr std::int64_t kMostPositions = std::int64_t{1} << 40;

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kUnsupported, what, {}, "this program would give wrong numbers for it");
}

// What some files of this architecture do beside the plain recipe: refused by name rather than left out silently.
void refuse_variants(const CheckpointReader& checkpoint, const Metadata& llama) {
    if (llama.integer_or("expert_count", 0, kMostWidth, 0) > 0) refuse("a mixture of experts (llama.expert_count)");
    const std::string scaling = llama.text("rope.scaling.type").value_or("none");
    if (scaling != "none") refuse("RoPE scaling \"" + scaling + "\" (llama.rope.scaling.type)");
    for (const char* key : {"rope.scaling.factor", "rope.scale_linear", "rope.scaling.attn_factor"})
        if (llama.positive_or(key, 1e9, 1.0) != 1.0) refuse(std::string("RoPE scaling (llama.") + key + ")");
    for (const char* key : {"logit_scale", "embedding_scale", "residual_scale"})
        if (llama.positive_or(key, 1e9, 1.0) != 1.0) refuse(std::string("llama.") + key);
    if (checkpoint.find("rope_freqs.weight") != nullptr) refuse("RoPE frequency factors (tensor rope_freqs.weight)");
}

std::int64_t vocab_of(const CheckpointReader& checkpoint, const Metadata& llama) {
    const TensorInfo* embedding = checkpoint.find("token_embd.weight");
    if (embedding == nullptr) throw Failure(FailureKind::kBadFile, "missing tensor token_embd.weight");
    const std::int64_t rows = embedding->shape.empty() ? 0 : embedding->shape.front();
    if (rows < 1 || rows > kMostVocab)
        throw Failure(FailureKind::kBadFile, "tensor token_embd.weight has " + std::to_string(rows) + " rows");
    const std::int64_t said = llama.integer_or("vocab_size", 1, kMostVocab, rows);
    if (said != rows)
        throw Failure(FailureKind::kBadFile, "llama.vocab_size is " + std::to_string(said) +
                                                 " but tensor token_embd.weight has " + std::to_string(rows) + " rows");
    return rows;
}

std::int64_t d_head_of(const Metadata& llama, const ModelConfig& config) {
    if (!llama.has("attention.key_length")) {
        if (config.d_model % config.n_heads != 0)
            throw Failure(FailureKind::kBadFile, "llama.embedding_length " + std::to_string(config.d_model) +
                                                     " is not a multiple of llama.attention.head_count " +
                                                     std::to_string(config.n_heads));
        return config.d_model / config.n_heads;
    }
    const std::int64_t d_head = llama.integer("attention.key_length", 1, kMostWidth);
    if (llama.integer_or("attention.value_length", 1, kMostWidth, d_head) != d_head)
        refuse("keys and values of different length (llama.attention.value_length)");
    return d_head;
}

ModelConfig read(const CheckpointReader& checkpoint) {
    const Metadata llama(checkpoint.metadata(), "llama.");
    refuse_variants(checkpoint, llama);
    ModelConfig config;
    config.family = "llama";
    // A layer has tensors of its own, so a file bounds the number of layers before anything is sized by it.
    config.n_layers = llama.integer("block_count", 1, static_cast<std::int64_t>(checkpoint.tensors().size()));
    config.d_model = llama.integer("embedding_length", 1, kMostWidth);
    config.d_mlp = llama.integer("feed_forward_length", 1, kMostWidth);
    config.n_heads = llama.integer("attention.head_count", 1, kMostWidth);
    config.n_kv_heads = llama.integer_or("attention.head_count_kv", 1, kMostWidth, config.n_heads);
    config.d_head = d_head_of(llama, config);
    config.d_vocab = vocab_of(checkpoint, llama);
    config.n_ctx = llama.integer("context_length", 1, kMostPositions);
    config.sliding_window = llama.integer_or("attention.sliding_window", 0, kMostPositions, 0);
    config.norm_epsilon = llama.positive("attention.layer_norm_rms_epsilon", 1.0);
    config.rope_base = llama.positive_or("rope.freq_base", 1e12, 10000.0);
    config.rope_dims = llama.integer_or("rope.dimension_count", 2, kMostWidth, config.d_head);
    config.attention_scale =
        llama.positive_or("attention.scale", 1e6, 1.0 / std::sqrt(static_cast<double>(config.d_head)));
    config.tied_embeddings = checkpoint.find("output.weight") == nullptr;
    return config;
}

// llama.cpp keeps q and k of this architecture in its own order.
StoredTensor stored(const CanonicalTensor& tensor, const ModelConfig& config) {
    StoredTensor out = gguf_stored(tensor, config);
    const bool rotates = tensor.weight == Weight::kQuery || tensor.weight == Weight::kKey;
    if (rotates) out.order = RowOrder::kInterleavedPairs;
    return out;
}

std::string plain_name(const std::string& file_name) {
    return file_name;
}

// Biases or extra norms of a layer belong to a recipe that this is not; a layer's rotation tables say nothing new.
bool ignorable(const std::string& name) {
    return !name.starts_with("blk.") || name.ends_with(".attn_rot_embd.weight");
}

}  // namespace

Family llama_family() {
    return {"llama", "Llama", {}, Dialect{"llama", read, stored, plain_name, ignorable}};
}

}  // namespace gatescope
