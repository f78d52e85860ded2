// The parts of WordPiece that the goldens don't reach: refusals and hostile vocabularies.

#include "model/tokenizer/models/word_piece.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/models/models.h"
#include "model/tokenizer/piece_trie.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;
using testing::ElementsAre;
using testing::HasSubstr;

Ids ids_of(const TokenModel& model, std::string_view word) {
    Ids ids = {-7};  // what is there stays there
    model.open(nullptr)->append_ids(word, ids);
    EXPECT_EQ(ids.front(), -7);
    ids.erase(ids.begin());
    return ids;
}

TEST(PieceTrie, FindsTheLongestPieceThatATextBeginsWith) {
    const std::vector<std::string> pieces = {"a", "ab", "abcd", "", "b"};
    const PieceTrie trie(pieces);
    EXPECT_EQ(trie.longest(PieceTrie::kRoot, "abcx").id, 1);
    EXPECT_EQ(trie.longest(PieceTrie::kRoot, "abcd").length, 4U);
    EXPECT_EQ(trie.longest(PieceTrie::kRoot, "x").id, -1);
    EXPECT_EQ(trie.longest(PieceTrie::kRoot, "").id, -1);
}

TEST(PieceTrie, BackwardsItFindsWhatATextEndsWith) {
    const std::vector<std::string> pieces = {"ab", "b"};
    const PieceTrie trie(pieces, PieceTrie::Direction::kBackwards);
    const PieceTrie::Node b = trie.step(PieceTrie::kRoot, 'b');
    EXPECT_EQ(trie.id(b), 1);
    EXPECT_EQ(trie.id(trie.step(b, 'a')), 0);
    EXPECT_EQ(trie.step(PieceTrie::kRoot, 'a'), PieceTrie::kNone);
}

TEST(PieceTrie, HoldsMorePiecesThanItBeganWithRoomFor) {
    std::vector<std::string> pieces;
    for (int i = 0; i < 5000; ++i) pieces.push_back(std::to_string(i) + ".");
    const PieceTrie trie(pieces);
    for (std::size_t i = 0; i < pieces.size(); ++i)
        ASSERT_EQ(trie.longest(PieceTrie::kRoot, pieces[i]).id, static_cast<std::int32_t>(i));
}

TEST(WordPiece, TakesTheLongestPieceFirstEvenWhereAShorterOneWouldComeOutEven) {
    const Vocabulary vocabulary({"[UNK]", "ab", "a", "##bc"});
    const WordPiece model(vocabulary, {}, "vocab");
    EXPECT_THAT(ids_of(model, "ab"), ElementsAre(1));
    EXPECT_THAT(ids_of(model, "abc"), ElementsAre(0));  // ab, then c; a + ##bc isn't tried
}

TEST(WordPiece, ANewPrefixMarksTheContinuations) {
    const Vocabulary vocabulary({"?", "a", "@b", "##b"});
    const WordPiece model(vocabulary, {"?", "@", 100}, "vocab");
    EXPECT_THAT(ids_of(model, "abb"), ElementsAre(1, 2, 2));
}

TEST(WordPiece, AWordLongerThanTheLimitIsUnknownAndTheLimitCountsCharacters) {
    const Vocabulary vocabulary({"[UNK]", "é", "##é"});
    const WordPiece model(vocabulary, {"[UNK]", "##", 3}, "vocab");
    EXPECT_THAT(ids_of(model, "ééé"), ElementsAre(1, 2, 2));
    EXPECT_THAT(ids_of(model, "éééé"), ElementsAre(0));
}

TEST(WordPiece, RefusesAVocabularyWithoutItsUnknownToken) {
    const Vocabulary vocabulary({"a"});
    try {
        const WordPiece model(vocabulary, {}, "vocab.txt");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), AllOf(HasSubstr("vocab.txt"), HasSubstr("[UNK]")));
    }
}

TEST(WordPiece, RefusesALimitThatWouldMakeItSlow) {
    const auto stage = nlohmann::json::parse(
        R"({"type": "WordPiece", "vocab": {"[UNK]": 0}, "max_input_chars_per_word": 1000000000})");
    EXPECT_THROW(make_model(StageJson(stage, "model"), false), Failure);
    const auto negative =
        nlohmann::json::parse(R"({"type": "WordPiece", "vocab": {"[UNK]": 0}, "max_input_chars_per_word": -1})");
    EXPECT_THROW(make_model(StageJson(negative, "model"), false), Failure);
}

}  // namespace
}  // namespace gatescope
