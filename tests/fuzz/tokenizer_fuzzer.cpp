// libFuzzer's way into the tokenizer. Run: tokenizer_fuzzer NEW_FINDS tests/fuzz/corpus/tokenizer
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/tokenizer_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::tokenize_hostile({reinterpret_cast<const char*>(data), size});
    return 0;
}
