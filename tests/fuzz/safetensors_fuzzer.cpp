// libFuzzer's way into the reader. Run: safetensors_fuzzer -dict=tests/fuzz/safetensors.dict NEW_FINDS
// tests/fuzz/corpus/safetensors
#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/fuzz/safetensors_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_safetensors(std::as_bytes(std::span(data, size)));
    return 0;
}
