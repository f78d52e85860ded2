#pragma once
// The first and the last of the keys that the model lets a query use: a set known before any score. DEFINITIONS.md
// section 4, `window`. No torch.

#include <algorithm>
#include <cstdint>

#include "model/key_reach.h"

namespace gatescope {

// Of a head in a causal layer; without numbers all keys. Where n_i <= sinks + local everything is kept, and a query
// whose set would be empty keeps its own key.
struct KeyBand {
    static constexpr std::int64_t kAll = std::int64_t{1} << 40;
    std::int64_t sinks = 0, local = kAll;

    // Query i keeps the keys of `reach` that are before `sinks` or not before this one.
    std::int64_t local_begin(const KeyReach& reach, std::int64_t query) const {
        const std::int64_t begin = reach.begin(query), n_keys = query + 1 - begin;
        if (n_keys <= sinks + local) return begin;
        const std::int64_t least = sinks > begin ? 0 : 1;
        return std::max(begin, query + 1 - std::max(local, least));
    }

    bool operator==(const KeyBand&) const = default;
};

}  // namespace gatescope
