// libFuzzer's way into token files (--tokens).
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/npy_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_npy({reinterpret_cast<const char*>(data), size});
    return 0;
}
