// libFuzzer's way into tokenizer.json. Run: tokenizer_json_fuzzer NEW_FINDS tests/fuzz/corpus/tokenizer_json
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/tokenizer_json_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::tokenize_by_hostile_json({reinterpret_cast<const char*>(data), size});
    return 0;
}
