#include "model/gates/bilinear_file.h"
#include "model/gates/budgets.h"
#include "model/gates/gate_params.h"

namespace gatescope {

GateEntry soft_learned_gate() {
    GateEntry entry;
    entry.info = {.id = "soft-learned",
                  .label = "Soft learned",
                  .help = "Keeps every key and adds ln sigmoid(g) of a trained bilinear gate to its score.",
                  .granularity = "token",
                  .source = "routing absorption (the formula is ours)",
                  .training = "KL or BCE to the pattern, or the loss itself",
                  .params = {file_param(), rope_param(), other_model_param()},
                  .traits = {.hard = false, .swept = Swept::kNothing, .trainable = true, .needs_file = true}};
    entry.make = [](const GateTerm& term) { return bilinear_gate_of_file(term, BilinearGate::Use::kBias); };
    entry.budget = whole_budget;
    entry.set_budget = nullptr;
    entry.check_file = check_bilinear_file;
    return entry;
}

}  // namespace gatescope
