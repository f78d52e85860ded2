#include "app/window/query_facts.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace gatescope {

QueryFacts query_facts(const PatternMatrix& pattern, std::int64_t query, std::int64_t k) {
    QueryFacts out;
    if (query < 0 || query >= pattern.tokens) return out;
    const float* row = pattern.probabilities.data() + query * pattern.tokens;
    const auto keys = static_cast<std::size_t>(key_count(pattern, query));
    std::vector<std::pair<std::int64_t, float>> order(keys);
    double entropy = 0;
    for (std::size_t key = 0; key < keys; ++key) {
        order[key] = {static_cast<std::int64_t>(key), row[key]};
        if (row[key] > 0) entropy -= static_cast<double>(row[key]) * std::log(static_cast<double>(row[key]));
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    double mass = 0;
    for (std::size_t rank = 0; rank < keys; ++rank) {
        mass += static_cast<double>(order[rank].second);
        if (static_cast<std::int64_t>(rank) < k) out.top_k = static_cast<float>(mass);
        if (out.keys_90 == 0 && mass >= 0.9) out.keys_90 = static_cast<std::int64_t>(rank) + 1;
    }
    out.entropy = static_cast<float>(entropy);
    out.first = row[0];
    out.self = row[query];
    if (query > 0) out.previous = row[query - 1];
    order.resize(std::min<std::size_t>(order.size(), 32));
    out.strongest = std::move(order);
    return out;
}

}  // namespace gatescope
