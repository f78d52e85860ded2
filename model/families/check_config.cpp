#include "model/families/check_config.h"

#include <cmath>
#include <string>
#include <utility>

#include "model/core/error.h"

namespace gatescope {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kBadFile, what);
}

}  // namespace

void check_config(const ModelConfig& config) {
    const std::pair<const char*, std::int64_t> sizes[] = {
        {"layers", config.n_layers}, {"heads", config.n_heads},  {"key/value heads", config.n_kv_heads},
        {"d_model", config.d_model}, {"d_head", config.d_head},  {"d_mlp", config.d_mlp},
        {"d_vocab", config.d_vocab}, {"positions", config.n_ctx}};
    for (const auto& [name, size] : sizes)
        if (size < 1) refuse(std::string("the model has ") + std::to_string(size) + " " + name);
    if (config.n_heads % config.n_kv_heads != 0)
        refuse(std::to_string(config.n_heads) + " heads are not a multiple of " + std::to_string(config.n_kv_heads) +
               " key/value heads");
    if (config.rope_dims < 0 || config.rope_dims > config.d_head || config.rope_dims % 2 != 0)
        refuse("RoPE rotates " + std::to_string(config.rope_dims) + " channels of a head of " +
               std::to_string(config.d_head) + "; it needs an even number up to that");
    if (!std::isfinite(config.norm_epsilon) || config.norm_epsilon <= 0) refuse("the norm's epsilon is not above 0");
    if (!std::isfinite(config.rope_base) || config.rope_base <= 0) refuse("the RoPE base is not above 0");
    if (!std::isfinite(config.attention_scale) || config.attention_scale <= 0)
        refuse("the attention scale is not above 0");
}

}  // namespace gatescope
