// H head, E d_head, D d_model.
#include "model/gates/drawn_projections.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

namespace gatescope {

at::Tensor drawn_projections(const at::Tensor& learned_HED, ProjectionDraw draw) {
    const at::Tensor from_HED = learned_HED.contiguous(), out_HED = at::empty(learned_HED.sizes(), at::kFloat);
    const std::int64_t count = learned_HED.size(1) * learned_HED.size(2);
    const auto size = static_cast<std::size_t>(count);
    at::parallel_for(0, learned_HED.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t head = begin; head < end; ++head)
            draw_projection({draw.seed, draw.layer, draw.head + head, draw.projection},
                            {from_HED.const_data_ptr<float>() + head * count, size},
                            {out_HED.data_ptr<float>() + head * count, size});
    });
    return out_HED;
}

}  // namespace gatescope
