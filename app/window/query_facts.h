#pragma once
// What one query's row of a map says, for the attention view's side and the token tints.

#include <cstdint>
#include <utility>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

struct QueryFacts {
    float entropy = 0;         // nats
    float top_k = 0;           // mass of the k strongest keys
    std::int64_t keys_90 = 0;  // least number of keys with 90 % of the mass
    float first = 0, self = 0, previous = kNaN;
    std::vector<std::pair<std::int64_t, float>> strongest;  // key, probability; descending, at most 32
};

// Keys that a query of the map may use: all of them in an encoder.
inline std::int64_t key_count(const PatternMatrix& pattern, std::int64_t query) {
    return pattern.causal ? query + 1 : pattern.tokens;
}

QueryFacts query_facts(const PatternMatrix& pattern, std::int64_t query, std::int64_t k);

}  // namespace gatescope
