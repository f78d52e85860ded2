// libFuzzer's way into the capture reader.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/capture_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_capture_bytes({reinterpret_cast<const char*>(data), size});
    return 0;
}
