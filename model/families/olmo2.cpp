// OLMo 2: norms after attention and MLP instead of before, and an RMSNorm over all heads' queries (keys) together.
// transformers: models/olmo2; GGUF: architecture "olmo2".
#include "model/core/error.h"
#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/hf_decoder_config.h"
#include "model/families/hf_llama_names.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

void set_norms(ModelConfig& config) {
    config.norm_place = NormPlace::kAfterSublayer;
    config.qk_norm = QkNorm::kProjection;
}

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    ModelConfig config = read_hf_decoder(checkpoint, {.family = "olmo2", .norm_epsilon = 1e-5});
    set_norms(config);
    config.qkv_bias = config.attention_out_bias =
        Metadata(checkpoint.metadata(), "").boolean_or("attention_bias", false);
    return config;
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "olmo2");
    ModelConfig config = read_gguf_decoder(checkpoint, "olmo2");
    if (keys.integer_or("attention.sliding_window", 0, kMostPositions, 0) > 0)
        throw Failure(FailureKind::kUnsupported, "an OLMo 3 (olmo2.attention.sliding_window)", {}, "known: OLMo 2");
    set_norms(config);
    return config;
}

nlohmann::json hf_config(const ModelConfig& config) {
    refuse_hf_windows(config);
    nlohmann::json out = hf_decoder_config(config, "olmo2", "Olmo2");
    out["attention_bias"] = hf_attention_bias(config);
    return out;
}

}  // namespace

Family olmo2_family() {
    return {.id = "olmo2",
            .label = "OLMo 2",
            .config_json = hf_llama_dialect("olmo2", "Olmo2", read_hf),
            .gguf = gguf_dialect("olmo2", read_gguf, gguf_stored),
            .hf_config = hf_config};
}

}  // namespace gatescope
