// libFuzzer's way into the GGUF reader. Run: gguf_fuzzer -dict=tests/fuzz/gguf.dict NEW_FINDS tests/fuzz/corpus/gguf
#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/fuzz/gguf_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_gguf(std::as_bytes(std::span(data, size)));
    return 0;
}
