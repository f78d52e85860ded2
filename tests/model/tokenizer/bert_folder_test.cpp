// A folder with a vocab.txt.

#include "model/tokenizer/bert_folder.h"

#include <gmock/gmock.h>

#include <fstream>

#include "model/core/error.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class BertFolder : public testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    std::unique_ptr<Tokenizer> open() { return open_bert_folder(folder_.path()); }
    std::string refusal() {
        try {
            open();
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "opened";
    }

    TemporaryFolder folder_;
};

constexpr char kVocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncafe\n##s\nCafé \n.\r\n\nlast";

TEST_F(BertFolder, HasAnIdForEachLineAndTheEndsOfTheWholeText) {
    write("vocab.txt", kVocabulary);
    const auto tokenizer = open();
    EXPECT_EQ(tokenizer->size(), 11U);
    EXPECT_EQ(tokenizer->kind(), "WordPiece");
    EXPECT_THAT(tokenizer->encode("Cafés. [MASK] last x"), ElementsAre(2, 5, 6, 8, 4, 10, 1, 3));
    EXPECT_THAT(tokenizer->encode(""), ElementsAre(2, 3));
}

TEST_F(BertFolder, TheConfigMayKeepCapitalsAndNameOtherSpecialTokens) {
    write("vocab.txt", kVocabulary);
    write("tokenizer_config.json", R"({"do_lower_case": false, "cls_token": {"content": "[PAD]"}, "sep_token": "."})");
    EXPECT_THAT(open()->encode("Café cafe"), ElementsAre(0, 7, 5, 8));
}

TEST_F(BertFolder, RefusesWhatIsNoVocabulary) {
    write("vocab.txt", "");
    EXPECT_THAT(refusal(), HasSubstr("vocab.txt"));
    write("vocab.txt", "[UNK]\n[CLS]\n");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("vocab.txt"), HasSubstr("[SEP]")));
    write("vocab.txt", "[UNK]\n\xFF\n");
    EXPECT_THAT(refusal(), HasSubstr("not UTF-8"));
}

}  // namespace
}  // namespace gatescope
