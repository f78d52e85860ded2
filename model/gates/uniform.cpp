#include "model/gates/gate.h"
#include "model/gates/gate_params.h"
#include "model/gates/keyed_random.h"

namespace gatescope {
namespace {

class Uniform final : public Gate {
  public:
    explicit Uniform(std::int64_t seed) { stream_.seed = seed; }

    void prepare(const LayerInput& layer, const GateContext& context) override {
        stream_.step = context.step;
        stream_.window = context.window;
        stream_.layer = layer.layer;
    }

    GateEffect apply(const QueryBlock& block) const override {
        return KeyRanking{random_priorities(stream_, block.head_begin, block.query_begin, block.scores_HQK)};
    }

  private:
    RandomStream stream_;
};

}  // namespace

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
        return std::make_unique<Uniform>(integer(term.values, "seed"));
    };
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "k"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["k"] = k; };
    return entry;
}

}  // namespace gatescope
