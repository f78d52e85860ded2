#include "tests/support/tiny_llama.h"

#include <functional>
#include <random>

namespace gatescope {
namespace {

class TinyWriter {
  public:
    explicit TinyWriter(const TinyLlama& model) : model_(model) {}

    GgufBuilder write() {
        metadata();
        matrix("token_embd.weight", model_.d_vocab, model_.d_model);
        for (std::uint32_t layer = 0; layer < model_.n_layers; ++layer) block("blk." + std::to_string(layer) + ".");
        gain("output_norm.weight");
        if (!model_.tied || model_.copy_embedding)
            matrix(model_.copy_embedding ? "token_embd.weight" : "output.weight", model_.d_vocab, model_.d_model,
                   "output.weight");
        return builder_;
    }

  private:
    bool wanted(const std::string& name) const { return !model_.without.contains(name); }

    void integer(const std::string& key, std::uint32_t value) {
        if (wanted(key)) builder_.add_u32(key, value);
    }

    void metadata() {
        if (wanted("general.architecture")) builder_.add_string("general.architecture", "llama");
        integer("llama.block_count", model_.n_layers);
        integer("llama.context_length", model_.n_ctx);
        integer("llama.embedding_length", model_.d_model);
        integer("llama.feed_forward_length", model_.d_mlp);
        integer("llama.attention.head_count", model_.n_heads);
        integer("llama.attention.head_count_kv", model_.n_kv_heads);
        if (model_.sliding_window > 0) integer("llama.attention.sliding_window", model_.sliding_window);
        if (wanted("llama.rope.freq_base")) builder_.add_f32("llama.rope.freq_base", 10000.0F);
        if (wanted("llama.attention.layer_norm_rms_epsilon"))
            builder_.add_f32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
    }

    // Drawn from seed and name, so that a model with one tensor less has the same others.
    void matrix(const std::string& drawn_as, std::uint32_t n_rows, std::uint32_t width, std::string name = {}) {
        if (name.empty()) name = drawn_as;
        if (!wanted(name)) return;
        std::uint32_t mixed = model_.seed;
        for (const char letter : drawn_as) mixed = mixed * 31U + static_cast<unsigned char>(letter);
        std::mt19937 random(mixed);
        std::vector<float> values(std::size_t{n_rows} * width);
        for (float& value : values) value = model_.scale * (static_cast<float>(random() % 20001U) / 10000.0F - 1.0F);
        builder_.add_tensor_f32(name, {n_rows, width}, values);
    }

    void gain(const std::string& name) {
        std::vector<float> values(model_.d_model);
        for (std::size_t n = 0; n < values.size(); ++n) values[n] = 0.75F + 0.05F * static_cast<float>(n % 11);
        if (wanted(name)) builder_.add_tensor_f32(name, {model_.d_model}, values);
    }

    void block(const std::string& prefix) {
        const std::uint32_t d_head = model_.n_heads == 0 ? 0 : model_.d_model / model_.n_heads;
        gain(prefix + "attn_norm.weight");
        matrix(prefix + "attn_q.weight", model_.n_heads * d_head, model_.d_model);
        matrix(prefix + "attn_k.weight", model_.n_kv_heads * d_head, model_.d_model);
        matrix(prefix + "attn_v.weight", model_.n_kv_heads * d_head, model_.d_model);
        matrix(prefix + "attn_output.weight", model_.d_model, model_.n_heads * d_head);
        gain(prefix + "ffn_norm.weight");
        matrix(prefix + "ffn_gate.weight", model_.d_mlp, model_.d_model);
        matrix(prefix + "ffn_up.weight", model_.d_mlp, model_.d_model);
        matrix(prefix + "ffn_down.weight", model_.d_model, model_.d_mlp);
    }

    const TinyLlama& model_;
    GgufBuilder builder_;
};

}  // namespace

GgufBuilder tiny_llama(const TinyLlama& model) {
    return TinyWriter(model).write();
}

}  // namespace gatescope
