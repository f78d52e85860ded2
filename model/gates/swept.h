#pragma once
// What a sweep varies of a gate: its budget of keys, or the rank that it leaves of a head's kernel. No torch.

#include <cstdint>
#include <string>
#include <vector>

namespace gatescope {

enum class Swept { kNothing, kKeys, kRank };

// How such budgets are called, and what is usual where nobody says.
struct SweptInfo {
    Swept swept = Swept::kNothing;
    std::string name;                 // "k", "rank": of options, columns and dimensions
    std::string label;                // "Keys k"
    std::string words;                // "numbers of keys"
    std::vector<std::int64_t> usual;  // of a sweep and of a map
    std::int64_t usual_mean = 0;      // over layers, to be spread
    std::int64_t usual_head = 0;      // of heads alone
};

// Of all that can be swept.
const std::vector<SweptInfo>& swept_infos();
// `swept` is not kNothing.
const SweptInfo& swept_info(Swept swept);

}  // namespace gatescope
