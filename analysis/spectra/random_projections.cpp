#include "analysis/spectra/random_projections.h"

#include "model/gates/drawn_projections.h"

namespace gatescope {

LayerProjections random_projections(const LayerProjections& learned, std::int64_t layer, std::int64_t seed) {
    return {drawn_projections(learned.q_HED, {seed, layer, 0, Projection::kQuery}),
            drawn_projections(learned.k_GED, {seed, layer, 0, Projection::kKey}), learned.gain_D, learned.scale};
}

}  // namespace gatescope
