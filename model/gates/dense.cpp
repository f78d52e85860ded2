#include "model/gates/gate.h"

namespace gatescope {
namespace {

class Dense final : public Gate {
  public:
    GateEffect apply(const QueryBlock&) const override { return KeepAll{}; }
};

}  // namespace

GateEntry dense_gate() {
    GateEntry entry;
    entry.info = {.id = "dense",
                  .label = "Dense",
                  .help = "Keeps every key: the model as it is.",
                  .granularity = "token",
                  .source = "the model itself",
                  .params = {},
                  .traits = {.hard = false, .swept = Swept::kNothing}};
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<Dense>(); };
    entry.budget = [](const ParamValues&, std::int64_t window) { return window; };
    entry.set_budget = nullptr;
    return entry;
}

}  // namespace gatescope
