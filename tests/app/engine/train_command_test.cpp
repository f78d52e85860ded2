#include "app/engine/train_command.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

StartRuns tiny() {
    return {read_recipe("tiny"), "runs/tiny", false};
}

TEST(TrainCommand, NamesOneOfOurRecipes) {
    EXPECT_EQ(train_command(tiny()), "gatescope train tiny --out runs/tiny");
}

TEST(TrainCommand, SaysWhatWasChangedSoThatItReadsBackAsTheSameRecipe) {
    StartRuns start = tiny();
    start.overwrite = true;
    start.recipe.values["train.steps"] = std::int64_t{120};
    start.recipe.values["report.concentration"] = false;
    start.recipe.values["data.separator"] = std::string("\n\\end\n");
    EXPECT_EQ(train_command(start, "cpu"),
              "gatescope train tiny --set 'data.separator=\\n\\\\end\\n' --set train.steps=120 "
              "--set report.concentration=false --device cpu --out runs/tiny --force");
    Recipe back = read_recipe("tiny");
    set_field(back, "data.separator", "\\n\\\\end\\n");
    EXPECT_EQ(back.values.at("data.separator"), start.recipe.values.at("data.separator"));
}

TEST(TrainCommand, NamesAFileWhereFieldsAloneDoNotSayIt) {
    StartRuns start = tiny();
    start.recipe.seeds = {0, 1};
    EXPECT_EQ(train_command(start), "gatescope train tiny.json --out runs/tiny");
    EXPECT_EQ(train_command(start, "best", "my recipe.json"), "gatescope train 'my recipe.json' --out runs/tiny");
    start = tiny();
    start.recipe.name = "mine";
    EXPECT_EQ(train_command(start), "gatescope train mine.json --out runs/tiny");
    start = tiny();
    start.recipe.values["data.text"] = std::string("/a,b.txt");  // a comma parts two files
    EXPECT_EQ(train_command(start), "gatescope train tiny.json --out runs/tiny");
}

}  // namespace
}  // namespace gatescope
