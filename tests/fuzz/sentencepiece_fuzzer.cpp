// libFuzzer's way into tokenizer.model. Run: sentencepiece_fuzzer NEW_FINDS tests/fuzz/corpus/sentencepiece
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/sentencepiece_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_hostile_sentencepiece({reinterpret_cast<const char*>(data), size});
    return 0;
}
