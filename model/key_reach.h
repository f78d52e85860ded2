#pragma once
// Which keys the model itself lets a query use, whatever a gate says after it: n_i of them. DEFINITIONS.md section 1.
// No torch.

#include <algorithm>
#include <cstdint>

namespace gatescope {

// Of a layer. Keys of a window of `length` tokens are counted from 0.
struct KeyReach {
    bool causal = true;               // keys up to the query's own; false: an encoder, all of the window
    std::int64_t sliding_window = 0;  // of a causal layer: the last so many of them; 0: all

    std::int64_t begin(std::int64_t query) const {
        return causal && sliding_window > 0 ? std::max<std::int64_t>(0, query + 1 - sliding_window) : 0;
    }
    // One past the last key; of a block of queries, that of its last query.
    std::int64_t end(std::int64_t query, std::int64_t length) const { return causal ? query + 1 : length; }
    std::int64_t count(std::int64_t query, std::int64_t length) const { return end(query, length) - begin(query); }

    bool operator==(const KeyReach&) const = default;
};

}  // namespace gatescope
