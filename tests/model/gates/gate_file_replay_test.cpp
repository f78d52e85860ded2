// Repeats every file the gate file fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/gate_file_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

const std::filesystem::path kFuzzFolder = std::filesystem::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(GateFileReplay, TheHonestSeedIsTaken) {
    const std::string gate =
        "learned:k=4,file=\"" + (kFuzzFolder / "corpus" / "gate_file" / "honest.safetensors").string() + "\"";
    ModelConfig config;
    config.n_layers = 2;
    config.n_heads = config.n_kv_heads = 2;
    config.d_model = 4;
    EXPECT_NO_THROW(check_gate_files(parse_gate(gate), config, "ab"));
}

TEST(GateFileReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    std::vector<std::string> files = contents_of(kFuzzFolder / "corpus" / "gate_file");
    ASSERT_GE(files.size(), 6U);
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "gate_file")) files.push_back(std::move(find));
    for (const std::string& file : files) EXPECT_NO_THROW(read_gate_file(std::as_bytes(std::span(file))));
}

}  // namespace
}  // namespace gatescope
