// Repeats every recipe that the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/recipe_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(RecipeReplay, EverySeedIsARecipe) {
    const auto seeds = fuzz_seeds("recipe");
    EXPECT_FALSE(seeds.empty());
    for (const std::string& seed : seeds) EXPECT_TRUE(read_recipe_text(seed)) << seed;
    for (const OurRecipe& ours : our_recipes()) EXPECT_TRUE(read_recipe_text(ours.json)) << ours.id;
}

TEST(RecipeReplay, EveryFindOfTheFuzzerIsReadOrRefused) {
    for (const std::string& find : fuzz_finds("recipe")) EXPECT_NO_THROW(read_recipe_text(find));
}

}  // namespace
}  // namespace gatescope
