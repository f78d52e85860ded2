// libFuzzer's way into the reader. Run: pickle_fuzzer -dict=tests/fuzz/pickle.dict NEW_FINDS tests/fuzz/corpus/pickle
#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/fuzz/pickle_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_torch(std::as_bytes(std::span(data, size)));
    return 0;
}
