#pragma once
// How much of the learning rate each step of a training has. No torch.

#include <cstdint>

namespace gatescope {

// The share of step `step` of `steps` (from 0): up over the first `warmup` steps, whole at the last of them, then down
// along half a cosine towards final_share.
double learning_share(std::int64_t step, std::int64_t steps, std::int64_t warmup, double final_share);

// What gates on a frozen model train with: up over the first hundredth of the steps, at least 10 of them, down to a
// tenth.
double scheduled_share(std::int64_t step, std::int64_t steps);

}  // namespace gatescope
