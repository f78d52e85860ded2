#include "analysis/abilities.h"

#include "model/families/families.h"

namespace gatescope {

std::string family_label(const ModelConfig& model) {
    for (const Family& family : families())
        if (family.id == model.family) return family.label;
    return model.family;
}

std::string why_no_logits(const ModelConfig& model) {
    return model.lm_head == LmHead::kNone ? "the checkpoint has no language-model head, hence no logits" : "";
}

std::string why_no_perplexity(const ModelConfig& model) {
    if (!model.causal) return family_label(model) + " is an encoder: it has neither perplexity nor gates";
    return model.lm_head == LmHead::kNone ? "the checkpoint has no language-model head, hence no perplexity" : "";
}

std::string why_no_gates(const ModelConfig& model) {
    return model.causal ? "" : why_no_perplexity(model);
}

}  // namespace gatescope
