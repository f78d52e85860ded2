#pragma once
// A head's kernel as the two factors that it is a product of. DEFINITIONS.md section 6. E d_head, D d_model.

#include "model/kernels/kernel_reader.h"

namespace gatescope {

// Float64 [E, D], W(delta) = A^T B acting on row vectors: s_ij = x_i W x_j^T. The scale and the rotation are in A.
struct HeadFactors {
    at::Tensor a_ED, b_ED;
};

// Of query head `head`; delta = i - j, and `folded` multiplies both with the norm's gain.
HeadFactors head_factors(const LayerProjections& layer, const ModelConfig& config, std::int64_t head, bool folded,
                         std::int64_t delta);

// Throws Failure(kUsage) where an offset other than 0 is asked of a model whose positions do not rotate.
void check_offset(const ModelConfig& config, std::int64_t delta);

}  // namespace gatescope
