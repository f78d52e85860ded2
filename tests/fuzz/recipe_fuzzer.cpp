// libFuzzer's way into recipes. Run: recipe_fuzzer -dict=tests/fuzz/recipe.dict NEW_FINDS tests/fuzz/corpus/recipe
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/recipe_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatescope::read_recipe_text({reinterpret_cast<const char*>(data), size});
    return 0;
}
