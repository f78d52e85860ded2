#pragma once

#include "model/config.h"

namespace gatescope {

// The invariants every family's config keeps, checked before anything is allocated: sizes above zero that divide each
// other, finite numbers. Throws Failure(kBadFile) naming the size.
void check_config(const ModelConfig& config);

}  // namespace gatescope
