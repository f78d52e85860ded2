#pragma once
// The sums over queries that the concentration table is made of, one row of columns a head. DEFINITIONS.md section 2.

#include <cstdint>
#include <vector>

namespace gatescope {

// Powers of two up to `length`, `length` included.
std::vector<std::int32_t> concentration_k(std::int64_t length);

// Columns of a query's (and, added up, of a head's) figures: these, then mass at every k, then mass at every k again
// where n_i > k.
enum ConcentrationColumn : std::int64_t {
    kEntropy,
    kEffectiveSupport,
    kSupport90,
    kSelfMass,
    kMeanDistance,
    kSinkMass,      // queries i >= 1
    kPreviousMass,  // queries i >= 1
    kFirstMass
};
inline std::int64_t column_count(const std::vector<std::int32_t>& k) {
    return kFirstMass + 2 * static_cast<std::int64_t>(k.size());
}

}  // namespace gatescope
