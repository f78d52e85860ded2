#include "model/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatescope {

double learning_share(std::int64_t step, std::int64_t steps, std::int64_t warmup, double final_share) {
    if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
    const std::int64_t fall = std::max<std::int64_t>(1, steps - warmup);
    const double way = std::min(1.0, static_cast<double>(step - warmup) / static_cast<double>(fall));
    return final_share + (1.0 - final_share) * 0.5 * (1.0 + std::cos(std::numbers::pi * way));
}

double scheduled_share(std::int64_t step, std::int64_t steps) {
    constexpr double kLeast = 0.1;
    const std::int64_t rise = std::min(std::max<std::int64_t>(10, steps / 100), std::max<std::int64_t>(1, steps / 2));
    return learning_share(step, steps, rise, kLeast);
}

}  // namespace gatescope
