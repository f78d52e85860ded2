#include "model/gates/budgets.h"
#include "model/gates/gate_params.h"
#include "model/gates/random_bilinear.h"

namespace gatescope {

GateEntry soft_random_gate() {
    GateEntry entry;
    entry.info = {.id = "soft-random",
                  .label = "Soft random",
                  .help = "Keeps every key and adds ln sigmoid(g) of a frozen random bilinear gate to its score.",
                  .granularity = "token",
                  .source = "routing absorption (the formula is ours)",
                  .params = {gate_dim_param(), seed_param(), rope_param()},
                  .traits = {.hard = false, .swept = Swept::kNothing, .seeded = true}};
    entry.make = [](const GateTerm& term) { return random_bilinear_gate(term, BilinearGate::Use::kBias); };
    entry.budget = whole_budget;
    entry.set_budget = nullptr;
    return entry;
}

}  // namespace gatescope
