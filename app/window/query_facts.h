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

QueryFacts query_facts(const PatternMatrix& pattern, std::int64_t query, std::int64_t k);

}  // namespace gatescope
