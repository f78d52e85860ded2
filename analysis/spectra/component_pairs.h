#pragma once
// Who sends to whom in a window, by one component of a head. No torch.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/spectra/survey_results.h"

namespace gatescope {

// What a component adds to the score of query token i and key token j of the window.
float contribution(const HeadComponent& component, std::size_t query, std::size_t key);

// A query token and a key token of the window, and the component's largest contribution at any of their places.
struct ComponentPair {
    std::int32_t query_id = 0, key_id = 0;
    std::int64_t query = 0, key = 0;  // positions
    float contribution = 0;
};

// The window's pairs that a component adds most to, descending, each pair of ids once; of a causal model keys up to the
// query.
std::vector<ComponentPair> strongest_pairs(const HeadComponent& component, std::span<const std::int32_t> ids,
                                           bool causal, std::size_t count);

}  // namespace gatescope
