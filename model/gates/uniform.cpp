#include "model/gates/drawn_sets.h"
#include "model/gates/gate_params.h"

namespace gatescope {

GateEntry uniform_gate() {
    GateEntry entry;
    entry.info = {
        .id = "uniform",
        .label = "Uniform random",
        .help = "Keeps k keys drawn at random, anew for every layer, head and query: what any gate should beat.",
        .granularity = "token",
        .source = "ours",
        .budget = "k keys",
        .params = {keys_param(), seed_param(), sinks_param(), local_param()},
        .traits = {.seeded = true}};
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> {
        return std::make_unique<DrawnSets>(integer(term.values, "seed"), DrawnSets::Anew::kNever);
    };
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "k"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["k"] = k; };
    return entry;
}

}  // namespace gatescope
