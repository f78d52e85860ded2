// H query head, G key/value head, E d_head, D d_model.
#include "analysis/spectra/random_projections.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>

#include "model/gates/projection_draw.h"

namespace gatescope {
namespace {

at::Tensor drawn(const at::Tensor& learned_HED, ProjectionDraw draw) {
    const at::Tensor out_HED = at::empty_like(learned_HED);
    const std::int64_t n_heads = learned_HED.size(0), count = learned_HED.size(1) * learned_HED.size(2);
    at::parallel_for(0, n_heads, 1, [&](std::int64_t begin, std::int64_t end) {
        ProjectionDraw own = draw;
        for (own.head = begin; own.head < end; ++own.head)
            draw_projection(own, {learned_HED.data_ptr<float>() + own.head * count, static_cast<std::size_t>(count)},
                            {out_HED.data_ptr<float>() + own.head * count, static_cast<std::size_t>(count)});
    });
    return out_HED;
}

}  // namespace

LayerProjections random_projections(const LayerProjections& learned, std::int64_t layer, std::int64_t seed) {
    return {drawn(learned.q_HED, {seed, layer, 0, Projection::kQuery}),
            drawn(learned.k_GED, {seed, layer, 0, Projection::kKey}), learned.gain_D, learned.scale};
}

}  // namespace gatescope
