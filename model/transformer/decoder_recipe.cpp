#include "model/transformer/decoder_recipe.h"

#include <string>

#include "model/core/error.h"

namespace gatescope {

void check_ids(std::span<const std::int32_t> ids, std::int64_t d_vocab) {
    if (ids.empty()) throw Failure(FailureKind::kUsage, "a window without tokens");
    for (const std::int32_t id : ids)
        if (id < 0 || id >= d_vocab)
            throw Failure(FailureKind::kUsage, "token id " + std::to_string(id) + " is out of range", {},
                          "the model has ids 0 to " + std::to_string(d_vocab - 1));
}

void check_length(std::int64_t length, const ModelConfig& config) {
    if (config.learned_positions && length > config.n_ctx)
        throw Failure(FailureKind::kUsage, "a window of " + std::to_string(length) + " tokens is too long", {},
                      "the model has learned " + std::to_string(config.n_ctx) + " positions");
}

LayerInput bare_layer_input(const ModelConfig& config, std::int64_t layer) {
    LayerInput input;
    input.layer = layer;
    input.scale = config.attention_scale;
    input.softcap = config.attention_softcap;
    input.rope_base = config.learned_positions ? 0 : config.rope_base;
    input.reach = {config.causal, config.window_of(layer)};
    return input;
}

double rounded_to(at::ScalarType dtype, double value) {
    const auto narrow = static_cast<float>(value);
    return static_cast<double>(dtype == at::kBFloat16 ? static_cast<float>(at::BFloat16(narrow)) : narrow);
}

}  // namespace gatescope
