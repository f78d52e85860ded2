// Repeats every file the gate file fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/fuzz/gate_file_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(GateFileReplay, TheHonestSeedIsTaken) {
    const std::string gate =
        "learned:k=4,file=\"" + (fuzz_folder() / "corpus" / "gate_file" / "honest.safetensors").string() + "\"";
    ModelConfig config;
    config.n_layers = 2;
    config.n_heads = config.n_kv_heads = 2;
    config.d_model = 4;
    EXPECT_NO_THROW(check_gate_files(parse_gate(gate), config, "ab"));
}

TEST(GateFileReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    ASSERT_GE(fuzz_seeds("gate_file").size(), 6U);
    const auto files = fuzz_seeds_and_finds("gate_file");
    for (const std::string& file : files) EXPECT_NO_THROW(read_gate_file(std::as_bytes(std::span(file))));
}

}  // namespace
}  // namespace gatescope
