// libFuzzer's way into gate files.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/gate_file_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_gate_file(std::as_bytes(std::span(data, size)));
    return 0;
}
