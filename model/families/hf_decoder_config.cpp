#include "model/families/hf_decoder_config.h"

#include "model/core/error.h"

namespace gatescope {
namespace {

nlohmann::json scaling_json(const RopeScaling& scaling) {
    switch (scaling.kind) {
        case RopeScaling::Kind::kNone:
            return nullptr;
        case RopeScaling::Kind::kLinear:
            return {{"rope_type", "linear"}, {"factor", scaling.factor}};
        case RopeScaling::Kind::kDynamic:
            return {{"rope_type", "dynamic"}, {"factor", scaling.factor}};
        case RopeScaling::Kind::kLlama3:
            return {{"rope_type", "llama3"},
                    {"factor", scaling.factor},
                    {"low_freq_factor", scaling.low_frequency_factor},
                    {"high_freq_factor", scaling.high_frequency_factor},
                    {"original_max_position_embeddings", scaling.original_positions}};
    }
    return nullptr;
}

std::string activation_word(Activation activation) {
    switch (activation) {
        case Activation::kSilu:
            return "silu";
        case Activation::kGelu:
            return "gelu";
        case Activation::kGeluTanh:
            return "gelu_pytorch_tanh";
        case Activation::kRelu:
            return "relu";
    }
    return {};
}

}  // namespace

void refuse_hf_config(const std::string& what) {
    throw Failure(FailureKind::kUnsupported, "config.json can't say " + what, {},
                  "train from a Hugging Face folder of the model");
}

bool hf_attention_bias(const ModelConfig& config) {
    if (config.qkv_bias != config.attention_out_bias) refuse_hf_config("biases of q, k, v or the output alone");
    return config.qkv_bias;
}

void refuse_hf_windows(const ModelConfig& config) {
    if (config.sliding_window > 0) refuse_hf_config("a sliding window");
}

nlohmann::json hf_decoder_config(const ModelConfig& config, const std::string& model_type,
                                 const std::string& class_prefix) {
    if (!config.rope_divisors.empty()) refuse_hf_config("a table of RoPE frequencies (rope_freqs)");
    if (config.rope_dims != config.d_head) refuse_hf_config("RoPE over a part of each head");
    return {{"model_type", model_type},
            {"architectures", {class_prefix + "ForCausalLM"}},
            {"num_hidden_layers", config.n_layers},
            {"num_attention_heads", config.n_heads},
            {"num_key_value_heads", config.n_kv_heads},
            {"head_dim", config.d_head},
            {"hidden_size", config.d_model},
            {"intermediate_size", config.d_mlp},
            {"vocab_size", config.d_vocab},
            {"max_position_embeddings", config.n_ctx},
            {"rms_norm_eps", config.norm_epsilon},
            {"hidden_act", activation_word(config.activation)},
            {"rope_theta", config.rope_base},
            {"rope_scaling", scaling_json(config.rope_scaling)},
            {"bos_token_id", nullptr},
            {"eos_token_id", nullptr}};
}

}  // namespace gatescope
