// Repeats every file the GGUF fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/gguf_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

const fs::path kFuzzFolder = fs::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(GgufReplay, EverySeedIsAnHonestFile) {
    const auto seeds = contents_of(kFuzzFolder / "corpus" / "gguf");
    ASSERT_GE(seeds.size(), 3u);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(parse_gguf_header(std::as_bytes(std::span(seed))));
}

TEST(GgufReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    auto files = contents_of(kFuzzFolder / "corpus" / "gguf");
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "gguf")) files.push_back(std::move(find));
    for (const std::string& file : files) EXPECT_NO_THROW(read_gguf(std::as_bytes(std::span(file))));
}

}  // namespace
}  // namespace gatescope
