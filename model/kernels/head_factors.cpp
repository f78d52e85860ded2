#include "model/kernels/head_factors.h"

#include <ATen/TensorOperators.h>

#include "model/core/error.h"
#include "model/kernels/turned.h"

namespace gatescope {
void check_offset(const ModelConfig& config, std::int64_t delta) {
    if (delta != 0 && config.learned_positions)
        throw Failure(FailureKind::kUsage,
                      "an offset of " + std::to_string(delta) + " is asked of a model without rotary positions", {},
                      "its kernels are the same at every offset: leave it at 0");
}

HeadFactors head_factors(const LayerProjections& layer, const ModelConfig& config, std::int64_t head, bool folded,
                         std::int64_t delta) {
    const std::int64_t shared = layer.q_HED.size(0) / layer.k_GED.size(0);
    HeadFactors out{layer.q_HED.select(0, head).to(at::kDouble) * layer.scale,
                    layer.k_GED.select(0, head / shared).to(at::kDouble)};
    if (folded) {
        const at::Tensor gain_D = layer.gain_D.to(at::kDouble);
        out = {out.a_ED * gain_D, out.b_ED * gain_D};
    }
    out.a_ED = turned(out.a_ED, config, delta);
    return out;
}

}  // namespace gatescope
