#include "model/gates/budgets.h"
#include "model/gates/gate_params.h"
#include "model/gates/random_bilinear.h"

namespace gatescope {

GateEntry random_gate() {
    GateEntry entry;
    entry.info = {.id = "random",
                  .label = "Random bilinear",
                  .help = "Keeps the k keys that a bilinear gate with frozen random weights ranks highest.",
                  .granularity = "token",
                  .source = "routing absorption",
                  .budget = "k keys",
                  .params = {keys_param(), gate_dim_param(), seed_param(), sinks_param(), local_param(), rope_param()},
                  .traits = {.seeded = true}};
    entry.make = [](const GateTerm& term) { return random_bilinear_gate(term, BilinearGate::Use::kRanking); };
    entry.budget = keys_budget;
    entry.set_budget = set_keys_budget;
    return entry;
}

}  // namespace gatescope
