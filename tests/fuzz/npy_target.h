#pragma once
// What the fuzzer of token files does with bytes, and what the replay test repeats.

#include <string_view>

#include "app/engine/npy.h"
#include "model/core/error.h"

namespace gatescope {

// Any outcome but ids or a Failure is a bug.
inline void read_npy(std::string_view bytes) {
    try {
        parse_npy_ids(bytes, "input");
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
