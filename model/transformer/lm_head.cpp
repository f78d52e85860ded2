#include "model/transformer/lm_head.h"

#include "model/core/error.h"
#include "model/transformer/decoder_recipe.h"
#include "model/transformer/softcap.h"

namespace gatescope {

at::Tensor lm_head_logits(const LmHeadWeights& weights, const ModelConfig& config, const at::Tensor& hidden_ND) {
    if (config.lm_head == LmHead::kNone)
        throw Failure(FailureKind::kUnsupported, "the checkpoint has no language-model head, so there are no logits",
                      {}, "concentration, patterns and spectra need none");
    at::Tensor logits_NV = weights.unembedding.apply(head_input(config, weights, hidden_ND));
    if (config.final_softcap == 0) return logits_NV;
    logits_NV = logits_NV.to(at::kFloat);
    cap_softly(logits_NV, config.final_softcap);
    return logits_NV;
}

}  // namespace gatescope
