// libFuzzer's way into the files that token ids are kept in.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/token_file_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::open_token_file(std::as_bytes(std::span(data, size)));
    return 0;
}
