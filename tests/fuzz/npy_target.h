#pragma once
// What the fuzzer of token files does with bytes, and what the replay test repeats.

#include <string_view>

#include "model/core/error.h"
#include "model/core/npy.h"

namespace gatescope {

// Any outcome but ids, an array or a Failure is a bug.
inline void read_npy(std::string_view bytes) {
    try {
        parse_npy_ids(bytes, "input");
    } catch (const Failure&) {
    }
    try {
        const NpyIntegers array = parse_npy_integers(bytes, "input");
        std::int64_t sum = 0;  // every number that it claims is there
        for (std::int64_t index = 0; index < array.count(); ++index) sum ^= array.at(index);
        volatile std::int64_t seen = sum;
        (void)seen;
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
