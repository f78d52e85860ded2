#pragma once
// What a gate leaves of attention's work, beside its sparsity. DEFINITIONS.md section 4. No torch.

#include <limits>

namespace gatescope {

// Means over the windows done, of all layers and heads (gated or not). Multiplications and additions count one each: a
// kept pair (i, j) of a query head costs 4 d_head FLOPs, 2 for its score and 2 for its value. Bytes are those of the
// keys and values that the last query still reads in the model's dtype; heads that share a key/value head read it once.
struct GateCost {
    double flops = std::numeric_limits<double>::quiet_NaN();
    double dense_flops = std::numeric_limits<double>::quiet_NaN();
    double key_value_bytes = std::numeric_limits<double>::quiet_NaN();
    double dense_key_value_bytes = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace gatescope
