#include "model/kernels/input_norm.h"

namespace gatescope {

std::optional<InputNorm> input_norm(const ModelConfig& config, std::int64_t layer) {
    switch (config.norm_place) {
        case NormPlace::kBefore:
        case NormPlace::kAround:
            return InputNorm{Weight::kAttentionNorm, Weight::kAttentionNormBias, layer};
        case NormPlace::kAfterResidual:
            if (layer > 0) return InputNorm{Weight::kMlpPostNorm, Weight::kMlpPostNormBias, layer - 1};
            if (config.embedding_norm) return InputNorm{Weight::kEmbeddingNorm, Weight::kEmbeddingNormBias, -1};
            break;
        case NormPlace::kAfterSublayer:
            break;
    }
    return std::nullopt;
}

}  // namespace gatescope
