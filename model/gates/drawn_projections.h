#pragma once
// Random matrices in place of all projections of a layer at once. H head, E d_head, D d_model.

#include <ATen/core/Tensor.h>

#include "model/gates/projection_draw.h"

namespace gatescope {

// Float32, on the CPU, of the shape of `learned_HED`, [heads, E, D], which is so, too; draw.head is that of the first.
at::Tensor drawn_projections(const at::Tensor& learned_HED, ProjectionDraw draw);

}  // namespace gatescope
