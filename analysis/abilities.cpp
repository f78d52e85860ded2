#include "analysis/abilities.h"

#include "model/core/error.h"
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

void check_gates(const std::vector<GateSpec>& gates, const ModelConfig& model) {
    if (const std::string why = why_no_gates(model); !why.empty() && !gates.empty())
        throw Failure(FailureKind::kUnsupported, why, "gate " + print_gate(gates.front()), "leave the gates out");
    for (const GateSpec& gate : gates) check_gate(gate, model.n_layers, model.n_heads);
}

}  // namespace gatescope
