// libFuzzer's way into token files (--tokens). Any outcome but ids or a Failure is a bug.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/engine/npy.h"
#include "model/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        gatescope::parse_npy_ids({reinterpret_cast<const char*>(data), size}, "input");
    } catch (const gatescope::Failure&) {
    }
    return 0;
}
