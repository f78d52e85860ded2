// Repeats every config that the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/config_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

const fs::path kFuzzFolder = fs::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(ConfigReplay, EveryHonestConfigIsASeed) {
    for (const HonestConfig& honest : honest_configs()) {
        std::ifstream in(kFuzzFolder / "corpus" / "config" / (honest.name + ".json"), std::ios::binary);
        const std::string seed{std::istreambuf_iterator<char>(in), {}};
        EXPECT_EQ(seed, honest.metadata.dump()) << "the seed of " << honest.name << " is another";
    }
}

TEST(ConfigReplay, EverySeedOpens) {
    const auto seeds = contents_of(kFuzzFolder / "corpus" / "config");
    EXPECT_EQ(seeds.size(), honest_configs().size());
    for (const std::string& seed : seeds) EXPECT_GE(read_configs(seed), 1u) << seed;
}

TEST(ConfigReplay, EveryFindOfTheFuzzerIsReadOrRefused) {
    for (const std::string& find : contents_of(kFuzzFolder / "regressions" / "config"))
        EXPECT_NO_THROW(read_configs(find));
}

}  // namespace
}  // namespace gatescope
