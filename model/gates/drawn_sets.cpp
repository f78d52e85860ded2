#include "model/gates/drawn_sets.h"

#include "model/gates/keyed_random.h"

namespace gatescope {

void DrawnSets::prepare(const LayerInput& layer, const GateContext& context) {
    step_ = anew_ == Anew::kEveryStep ? context.step : 0;
    window_ = context.window;
    layer_ = layer.layer;
}

GateEffect DrawnSets::apply(const QueryBlock& block) const {
    return KeyRanking{random_priorities({.seed = seed_, .step = step_, .window = window_, .layer = layer_},
                                        block.head_begin, block.query_begin, block.scores_HQK)};
}

}  // namespace gatescope
