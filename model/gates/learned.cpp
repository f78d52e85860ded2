#include "model/gates/bilinear_file.h"
#include "model/gates/budgets.h"
#include "model/gates/gate_params.h"

namespace gatescope {

GateEntry learned_gate() {
    GateEntry entry;
    entry.info = {
        .id = "learned",
        .label = "Learned",
        .help = "Keeps the k keys that a trained bilinear gate ranks highest.",
        .granularity = "token",
        .source = "routing absorption",
        .budget = "k keys",
        .training = "KL or BCE to the pattern",
        .params = {keys_param(), file_param(), sinks_param(), local_param(), rope_param(), other_model_param()},
        .traits = {.trainable = true, .needs_file = true}};
    entry.make = [](const GateTerm& term) { return bilinear_gate_of_file(term, BilinearGate::Use::kRanking); };
    entry.budget = keys_budget;
    entry.set_budget = set_keys_budget;
    entry.check_file = check_bilinear_file;
    return entry;
}

}  // namespace gatescope
