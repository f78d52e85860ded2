#include "model/gates/drawn_sets.h"
#include "model/gates/gate_params.h"

namespace gatescope {

GateEntry stochastic_gate() {
    GateEntry entry;
    entry.info = {.id = "stochastic",
                  .label = "Stochastic",
                  .help = "Keeps k keys drawn at random, anew at every training step; a model at rest is at step 0.",
                  .granularity = "token",
                  .source = "routing absorption",
                  .budget = "k keys",
                  .params = {keys_param(), seed_param(), sinks_param(), local_param()},
                  .traits = {.seeded = true}};
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> {
        return std::make_unique<DrawnSets>(integer(term.values, "seed"), DrawnSets::Anew::kEveryStep);
    };
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "k"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["k"] = k; };
    return entry;
}

}  // namespace gatescope
