#include "model/families/check_config.h"

#include <cmath>
#include <string>
#include <utility>

#include "model/core/error.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kBadFile, what);
}

void check_positive(double value, const char* what) {
    if (!std::isfinite(value) || value <= 0) refuse(std::string(what) + " is not above 0");
}

// 0 switches a cap off.
void check_cap(double value, const char* what) {
    if (!std::isfinite(value) || value < 0) refuse(std::string(what) + " is no finite number above 0");
}

void check_sizes(const ModelConfig& config) {
    const std::pair<const char*, std::int64_t> sizes[] = {
        {"layers", config.n_layers}, {"heads", config.n_heads},  {"key/value heads", config.n_kv_heads},
        {"d_model", config.d_model}, {"d_head", config.d_head},  {"d_mlp", config.d_mlp},
        {"d_vocab", config.d_vocab}, {"positions", config.n_ctx}};
    for (const auto& [name, size] : sizes)
        if (size < 1) refuse(std::string("the model has ") + std::to_string(size) + " " + name);
    if (config.n_heads % config.n_kv_heads != 0)
        refuse(std::to_string(config.n_heads) + " heads are not a multiple of " + std::to_string(config.n_kv_heads) +
               " key/value heads");
    if (config.n_heads > kMostProjection / config.d_head)
        refuse(std::to_string(config.n_heads) + " heads of " + std::to_string(config.d_head) +
               " channels are more than any model has");
    if (config.n_token_types < 0 || config.sliding_window < 0)
        refuse("the model has a negative number of token types or a negative sliding window");
    if (!config.windowed_layers.empty() && config.windowed_layers.size() != static_cast<std::size_t>(config.n_layers))
        refuse("the list of layers with a sliding window is not as long as there are layers");
}

void check_rope(const ModelConfig& config) {
    if (config.rope_dims < 0 || config.rope_dims > config.d_head || config.rope_dims % 2 != 0 ||
        (config.rope_dims == 0 && !config.learned_positions))
        refuse("RoPE rotates " + std::to_string(config.rope_dims) + " channels of a head of " +
               std::to_string(config.d_head) + "; it needs an even number up to that");
    check_positive(config.rope_base, "the RoPE base");
    const auto pairs = static_cast<std::size_t>(config.rope_dims / 2);
    if (!config.rope_divisors.empty() && config.rope_divisors.size() != pairs)
        refuse("the table of RoPE divisors has " + std::to_string(config.rope_divisors.size()) + " numbers for " +
               std::to_string(pairs) + " rotated pairs");
    for (const double divisor : config.rope_divisors) check_positive(divisor, "a divisor of RoPE frequencies");
}

void check_rope_scaling(const ModelConfig& config) {
    const RopeScaling& scaling = config.rope_scaling;
    check_positive(scaling.factor, "the factor of RoPE scaling");
    if (scaling.kind == RopeScaling::Kind::kDynamic && config.rope_dims <= 2)
        refuse("dynamic RoPE scaling needs more than two rotated channels");
    if (scaling.kind == RopeScaling::Kind::kDynamic || scaling.kind == RopeScaling::Kind::kLlama3)
        if (scaling.original_positions < 1) refuse("RoPE scaling doesn't say how many positions there were before it");
    if (scaling.kind != RopeScaling::Kind::kLlama3) return;
    check_positive(scaling.low_frequency_factor, "low_freq_factor of RoPE scaling");
    check_positive(scaling.high_frequency_factor, "high_freq_factor of RoPE scaling");
    if (scaling.high_frequency_factor <= scaling.low_frequency_factor)
        refuse("RoPE scaling's high_freq_factor is not above its low_freq_factor");
}

}  // namespace

void check_config(const ModelConfig& config) {
    check_sizes(config);
    check_rope(config);
    check_rope_scaling(config);
    check_positive(config.norm_epsilon, "the norm's epsilon");
    check_positive(config.attention_scale, "the attention scale");
    check_positive(config.embedding_scale, "the scale of embeddings");
    check_cap(config.attention_softcap, "the soft cap of scores");
    check_cap(config.final_softcap, "the soft cap of logits");
    if (config.parallel_residual && config.norm_place != NormPlace::kBefore)
        refuse("attention and MLP side by side need their norms before them");
}

}  // namespace gatescope
