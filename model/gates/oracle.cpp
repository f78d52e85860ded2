#include "model/gates/gate.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

class Oracle final : public Gate {
  public:
    GateEffect apply(const QueryBlock& block) const override { return KeyRanking{block.scores_HQK}; }
};

}  // namespace

GateEntry oracle_gate() {
    GateEntry entry;
    entry.info = {
        .id = "oracle",
        .label = "Oracle top-k",
        .help = "Keeps the k keys with the largest scores of the running model: the best that any gate could do.",
        .granularity = "token",
        .source = "ours",
        .budget = "k keys",
        .params = {keys_param(), sinks_param(), local_param()},
        .traits = {}};
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<Oracle>(); };
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "k"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["k"] = k; };
    return entry;
}

}  // namespace gatescope
