// Repeats every config that the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/config_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(ConfigReplay, EveryHonestConfigIsASeed) {
    for (const HonestConfig& honest : honest_configs()) {
        std::ifstream in(fuzz_folder() / "corpus" / "config" / (honest.name + ".json"), std::ios::binary);
        const std::string seed{std::istreambuf_iterator<char>(in), {}};
        EXPECT_EQ(seed, honest.metadata.dump()) << "the seed of " << honest.name << " is another";
    }
}

TEST(ConfigReplay, EverySeedOpens) {
    const auto seeds = fuzz_seeds("config");
    EXPECT_EQ(seeds.size(), honest_configs().size());
    for (const std::string& seed : seeds) EXPECT_GE(read_configs(seed), 1u) << seed;
}

TEST(ConfigReplay, EveryFindOfTheFuzzerIsReadOrRefused) {
    for (const std::string& find : fuzz_finds("config")) EXPECT_NO_THROW(read_configs(find));
}

}  // namespace
}  // namespace gatescope
