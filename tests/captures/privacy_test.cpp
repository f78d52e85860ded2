#include "captures/privacy.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TEST(Privacy, CutsEveryPathOfACommandToItsLastPart) {
    EXPECT_EQ(command_without_folders("gatescope capture /data/ann/m.gguf --text ../t/a.txt --out=/tmp/c.h5"),
              "gatescope capture m.gguf --text a.txt --out=c.h5");
    EXPECT_EQ(command_without_folders("gatescope capture '/data/ann/my models/m.gguf' --text \"/a b/c.txt\""),
              "gatescope capture 'm.gguf' --text \"c.txt\"");
    EXPECT_EQ(command_without_folders("gatescope info /data/ann/model/"), "gatescope info model");
    EXPECT_EQ(command_without_folders(
                  "gatescope train tiny --set train.steps=9 --set 'data.text=/ann/my texts/a.txt,/b/c.txt' "
                  "--set 'gate.gate=learned:file=/ann/g.st@1/2' --out /ann/run"),
              "gatescope train tiny --set train.steps=9 --set 'data.text=a.txt,c.txt' "
              "--set 'gate.gate=learned:file=g.st@1/2' --out run");
}

TEST(Privacy, KeepsTheLayersAndHeadsOfAGate) {
    EXPECT_EQ(command_without_folders("gatescope perplexity m --gate oracle:k=4@0-3/2 --gate=window:local=4@1/0"),
              "gatescope perplexity m --gate oracle:k=4@0-3/2 --gate=window:local=4@1/0");
}

TEST(Privacy, CutsTheFileOfAGate) {
    EXPECT_EQ(command_without_folders("g --gate learned:file=/data/ann/g.safetensors,k=8@1/2"),
              "g --gate learned:file=g.safetensors,k=8@1/2");
    EXPECT_EQ(command_without_folders("g --gate 'learned:k=8,file=\"/data/a,b/g.st\"@1/2'"),
              "g --gate 'learned:k=8,file=\"g.st\"@1/2'");
}

TEST(Privacy, CutsPathsInsideJson) {
    EXPECT_EQ(text_without_folders(R"({"_name_or_path":"/data/ann/models/tiny","x":"~/a","u":"file:///srv/b/c"})"),
              R"({"_name_or_path":"tiny","x":"a","u":"c"})");
}

TEST(Privacy, LeavesAddressesAndTemplatesAlone) {
    const std::string text = R"({"url":"https://host/a/b","t":"[INST] x [/INST]","l":"a / b"})";
    EXPECT_EQ(text_without_folders(text), text);
}

TEST(Privacy, CutsRelativePathsOfARecipeTooAndKeepsItsGates) {
    EXPECT_EQ(recipe_without_folders(R"({"text":"ann/a.txt","k":64,"gate":"oracle:k=4@0-3/2","out":"~/g.st"})"),
              R"({"text":"a.txt","k":64,"gate":"oracle:k=4@0-3/2","out":"g.st"})");
    EXPECT_EQ(recipe_without_folders(R"({"gate":"learned:file=ann/g.st,k=4@1/2"})"),
              R"({"gate":"learned:file=g.st,k=4@1/2"})");
}

TEST(Privacy, LeavesARecipeWithoutPathsAsItIs) {
    const std::string recipe = "{ \"k\": 64, \"loss\": \"kl\" }";
    EXPECT_EQ(recipe_without_folders(recipe), recipe);
    EXPECT_EQ(recipe_without_folders("no JSON, /data/ann/x"), "no JSON, x");
}

}  // namespace
}  // namespace gatescope
