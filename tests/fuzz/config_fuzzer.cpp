// libFuzzer's way into the families. Run: config_fuzzer -dict=tests/fuzz/config.dict NEW_FINDS tests/fuzz/corpus/config
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/config_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_configs({reinterpret_cast<const char*>(data), size});
    return 0;
}
