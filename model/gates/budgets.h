#pragma once
// Budgets of the usual kinds, for a GateEntry. No torch.

#include "model/core/param_spec.h"

namespace gatescope {

// k keys.
inline std::int64_t keys_budget(const ParamValues& values, std::int64_t) {
    return integer(values, "k");
}
inline void set_keys_budget(ParamValues& values, std::int64_t k) {
    values["k"] = k;
}
// Of a gate that keeps every key.
inline std::int64_t whole_budget(const ParamValues&, std::int64_t window) {
    return window;
}

}  // namespace gatescope
