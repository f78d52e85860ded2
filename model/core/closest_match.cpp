#include "model/core/closest_match.h"

#include <algorithm>
#include <numeric>

namespace gatescope {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string closest_match(std::string_view name, const std::vector<std::string>& candidates) {
    const std::string_view cut = name.substr(0, 64);  // a name from a hostile file may be megabytes long
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, cut.size() / 2) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(cut, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
    std::string out;
    if (const std::string near = closest_match(name, candidates); !near.empty()) out = "did you mean " + near + "? ";
    out += "known:";
    for (std::size_t n = 0; n < candidates.size(); ++n) out += (n ? ", " : " ") + candidates[n];
    return out;
}

}  // namespace gatescope
