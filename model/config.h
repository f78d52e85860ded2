#pragma once
// The shape and recipe of a model: what a family reads from a checkpoint, and all that the transformer needs to know.

#include <cstdint>
#include <string>
#include <vector>

namespace gatescope {

enum class DataType { kFloat32, kBFloat16 };

enum class NormKind {
    kRms,    // x / rms(x) * gain
    kLayer,  // (x - mean) / sd * gain + bias
};

// Where the norms of a block stand; sub is attention or MLP.
enum class NormPlace {
    kBefore,         // resid + sub(norm(resid)): GPT-2, GPT-NeoX, Llama, Qwen
    kAfterSublayer,  // resid + norm(sub(resid)): OLMo 2
    kAround,         // resid + norm'(sub(norm(resid))): Gemma 2
    kAfterResidual,  // norm(resid + sub(resid)): BERT
};

// RMSNorm of queries and keys before they are rotated.
enum class QkNorm {
    kNone,
    kHead,        // over each head's channels, one gain for all heads: Qwen 3
    kProjection,  // over all heads' channels together: OLMo 2
};

enum class Activation { kSilu, kGelu, kGeluTanh, kRelu };

// What turns the last residual stream into logits.
enum class LmHead {
    kNone,       // the checkpoint has none: logits and perplexity are refused
    kPlain,      // unembedding
    kTransform,  // norm(act(x W + b)), then unembedding: BERT's masked-LM head
};

// How rotation frequencies are changed for longer contexts (transformers' modeling_rope_utils).
struct RopeScaling {
    enum class Kind { kNone, kLinear, kDynamic, kLlama3 };
    Kind kind = Kind::kNone;
    double factor = 1.0;
    double low_frequency_factor = 1.0, high_frequency_factor = 4.0;  // llama3
    std::int64_t original_positions = 0;                             // dynamic, llama3: trained before scaling
};

struct ModelConfig {
    std::string family;  // id in the family registry: "llama"
    std::int64_t n_layers = 0;
    std::int64_t n_heads = 0;     // query heads
    std::int64_t n_kv_heads = 0;  // key/value heads; query head h uses floor(h / (n_heads / n_kv_heads))
    std::int64_t d_model = 0;
    std::int64_t d_head = 0;
    std::int64_t d_mlp = 0;
    std::int64_t d_vocab = 0;
    std::int64_t n_ctx = 0;                  // positions the model was trained on
    bool causal = true;                      // false: an encoder, every query may use every key
    std::int64_t sliding_window = 0;         // keys i - w < j <= i; 0: all keys
    std::vector<bool> windowed_layers = {};  // which layers the sliding window holds for; empty: all

    NormKind norm = NormKind::kRms;
    NormPlace norm_place = NormPlace::kBefore;
    double norm_epsilon = 1e-5;
    bool parallel_residual = false;  // resid + attention(norm(resid)) + mlp(norm'(resid)); kBefore only

    bool learned_positions = false;  // a vector a position, added to the embedding; else RoPE
    double rope_base = 10000.0;
    std::int64_t rope_dims = 0;  // rotated channels of a head, the first ones, half-split pairs (Hugging Face order)
    RopeScaling rope_scaling = {};
    std::vector<double> rope_divisors = {};  // [rope_dims / 2] frequencies are divided by; empty: none (a GGUF's table)

    double attention_scale = 0;  // scores are q.k times this; 1/sqrt(d_head) unless the checkpoint says otherwise
    QkNorm qk_norm = QkNorm::kNone;
    double attention_softcap = 0;  // scores become c tanh(score / c); 0: none
    bool qkv_bias = false, attention_out_bias = false;

    bool gated_mlp = true;  // down(act(gate(x)) * up(x)); else down(act(up(x)))
    Activation activation = Activation::kSilu;
    bool mlp_bias = false;

    double embedding_scale = 1.0;    // embeddings are multiplied by it: Gemma's sqrt(d_model)
    std::int64_t n_token_types = 0;  // rows of token-type embeddings; the first is added everywhere. 0: none
    bool embedding_norm = false;     // a norm right after the embeddings: BERT
    bool tied_embeddings = false;    // the unembedding is the embedding
    LmHead lm_head = LmHead::kPlain;
    bool unembedding_bias = false;
    double final_softcap = 0;  // of logits; 0: none

    // The sliding window of a layer; 0: none.
    std::int64_t window_of(std::int64_t layer) const {
        const bool holds = windowed_layers.empty() || windowed_layers[static_cast<std::size_t>(layer)];
        return holds ? sliding_window : 0;
    }
    bool norms_input() const { return norm_place == NormPlace::kBefore || norm_place == NormPlace::kAround; }
    bool norms_output() const { return norm_place != NormPlace::kBefore; }
};

}  // namespace gatescope
