#include "app/window/correlation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace gatescope {

namespace {

std::vector<double> ranks_of_values(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> out(values.size());
    for (std::size_t from = 0; from < order.size();) {
        std::size_t to = from + 1;
        while (to < order.size() && values[order[to]] == values[order[from]]) ++to;
        for (std::size_t place = from; place < to; ++place) out[order[place]] = static_cast<double>(from + to - 1) / 2;
        from = to;
    }
    return out;
}

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double pearson(std::span<const double> x, std::span<const double> y) {
    if (x.size() < 3) return std::numeric_limits<double>::quiet_NaN();
    const double mean_x = mean_of(x), mean_y = mean_of(y);
    double both = 0, spread_x = 0, spread_y = 0;
    for (std::size_t at = 0; at < x.size(); ++at) {
        const double from_x = x[at] - mean_x, from_y = y[at] - mean_y;
        both += from_x * from_y, spread_x += from_x * from_x, spread_y += from_y * from_y;
    }
    if (spread_x <= 0 || spread_y <= 0) return std::numeric_limits<double>::quiet_NaN();
    return std::clamp(both / std::sqrt(spread_x) / std::sqrt(spread_y), -1.0, 1.0);
}

double spearman(std::span<const double> x, std::span<const double> y) {
    return pearson(ranks_of_values(x), ranks_of_values(y));
}

}  // namespace gatescope
