#include "model/tokenizer/sentencepiece/sentencepiece_file.h"

#include <gmock/gmock.h>

#include <limits>

#include "model/core/error.h"
#include "model/tokenizer/merge_table.h"
#include "model/tokenizer/sentencepiece/piece_merges.h"
#include "tests/support/proto_writer.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(std::string_view bytes) {
    try {
        read_sentencepiece(bytes);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "read";
}

std::string small_model() {
    const std::string trainer = ProtoWriter().varint(3, 2).varint(35, 1).varint(41, ~std::uint64_t{0}).str();
    const std::string normalizer = ProtoWriter().bytes(2, "map").varint(3, 0).varint(4, 0).str();
    return ProtoWriter()
        .bytes(1, piece_message("<unk>", 0, 2))
        .bytes(1, piece_message("\u2581a", -1))
        .bytes(2, trainer)
        .bytes(3, normalizer)
        .bytes(99, "a field of a later version")
        .str();
}

TEST(SentencePieceFile, ReadsPiecesAndSpecs) {
    const SentencePieceFile model = read_sentencepiece(small_model());
    EXPECT_THAT(model.pieces, ElementsAre("<unk>", "\u2581a"));
    EXPECT_THAT(model.scores, ElementsAre(0, -1));
    EXPECT_THAT(model.types, ElementsAre(PieceType::kUnknown, PieceType::kNormal));
    EXPECT_EQ(model.model_type, SentencePieceFile::ModelType::kBpe);
    EXPECT_TRUE(model.byte_fallback);
    EXPECT_EQ(model.unknown, 0);
    EXPECT_EQ(model.bos, -1);
    EXPECT_EQ(model.precompiled_charsmap, "map");
    EXPECT_FALSE(model.add_dummy_prefix);
    EXPECT_FALSE(model.remove_extra_whitespaces);
    EXPECT_TRUE(model.escape_whitespaces);
}

TEST(SentencePieceFile, WhatTheFileLeavesOutHasTheDefaultsOfTheFormat) {
    const std::string bytes =
        ProtoWriter().bytes(1, ProtoWriter().bytes(1, "a").str()).bytes(1, piece_message("b", 0)).str();
    const SentencePieceFile model = read_sentencepiece(bytes);
    EXPECT_EQ(model.types.front(), PieceType::kNormal);
    EXPECT_EQ(model.model_type, SentencePieceFile::ModelType::kUnigram);
    EXPECT_FALSE(model.byte_fallback);
    EXPECT_TRUE(model.add_dummy_prefix);
    EXPECT_TRUE(model.remove_extra_whitespaces);
}

TEST(SentencePieceFile, EveryCutIsRefusedOrAnHonestShorterModel) {
    const std::string whole = small_model();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::string said = refusal(std::string_view(whole).substr(0, size));
        EXPECT_FALSE(said.empty()) << size;
    }
    EXPECT_THAT(refusal(std::string_view(whole).substr(0, 5)), HasSubstr("reaches past the end"));
    EXPECT_THAT(refusal(""), HasSubstr("no pieces"));
}

TEST(SentencePieceFile, RefusesWhatContradictsItself) {
    const auto with = [](const std::string& piece) { return refusal(ProtoWriter().bytes(1, piece).str()); };
    EXPECT_THAT(with(piece_message("", 0)), AllOf(HasSubstr("piece 0"), HasSubstr("empty")));
    EXPECT_THAT(with(piece_message("a", 0, 9)), HasSubstr("no type of piece: 9"));
    EXPECT_THAT(with(piece_message("\xFF", 0)), HasSubstr("not UTF-8"));
    EXPECT_THAT(with(piece_message("a", std::numeric_limits<float>::quiet_NaN())), HasSubstr("score"));
    EXPECT_THAT(with(piece_message(std::string(5000, 'a'), 0)), HasSubstr("5000 bytes"));
    EXPECT_THAT(with(ProtoWriter().varint(1, 3).str()), HasSubstr("another type"));
    const std::string one = ProtoWriter().bytes(1, piece_message("a", 0)).bytes(1, piece_message("b", 0)).str();
    EXPECT_THAT(refusal(one + ProtoWriter().bytes(2, ProtoWriter().varint(3, 7).str()).str()),
                HasSubstr("no model_type: 7"));
    EXPECT_THAT(refusal(one + ProtoWriter().bytes(2, ProtoWriter().varint(40, 2).str()).str()), HasSubstr("unk_id"));
    EXPECT_THAT(refusal(one + ProtoWriter().bytes(2, ProtoWriter().varint(40, ~std::uint64_t{0} >> 1U).str()).str()),
                HasSubstr("no 32-bit number"));
}

TEST(SentencePieceFile, RefusesBytesThatAreNoFields) {
    EXPECT_THAT(refusal(std::string(11, '\xFF')), HasSubstr("more than ten bytes"));
    EXPECT_THAT(refusal("\x0B"), HasSubstr("no known wire type"));  // a group
    EXPECT_THAT(refusal(std::string_view("\0", 1)), HasSubstr("no field"));
    EXPECT_THAT(refusal("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), HasSubstr("reaches past the end"));
}

std::vector<std::string> spelled(const std::vector<std::string>& pieces, const std::vector<BpeMerge>& merges) {
    std::vector<std::string> out;
    for (const BpeMerge& merge : merges)
        out.push_back((merge.rank_of_previous ? "=" : "") + pieces[static_cast<std::size_t>(merge.left)] + "+" +
                      pieces[static_cast<std::size_t>(merge.right)]);
    return out;
}

TEST(PieceMerges, ByPositionTheyAreInTheOrderOfThePiecesAndOfTheLeftPartsLength) {
    const std::vector<std::string> pieces = {"abc", "a", "b", "c", "ab", "bc", "é", "aé", "x"};
    EXPECT_THAT(spelled(pieces, merges_by_position(pieces)), ElementsAre("a+bc", "ab+c", "a+b", "b+c", "a+é"));
}

TEST(PieceMerges, ByScoreEqualScoresShareARank) {
    const std::vector<std::string> pieces = {"abc", "a", "b", "c", "ab", "bc"};
    const std::vector<float> scores = {-3, -9, -9, -9, -1, -3};
    EXPECT_THAT(spelled(pieces, merges_by_score(pieces, scores)), ElementsAre("a+b", "a+bc", "=ab+c", "=b+c"));
    const MergeTable table(merges_by_score(pieces, scores));
    EXPECT_EQ(table.find(1, 2).rank, 0U);
    EXPECT_EQ(table.find(1, 5).rank, 1U);
    EXPECT_EQ(table.find(2, 3).rank, 1U);
}

TEST(PieceMerges, OfEqualPiecesTheLastCounts) {
    const std::vector<std::string> pieces = {"a", "aa", "a", "aa"};
    const std::vector<BpeMerge> merges = merges_by_position(pieces);
    ASSERT_EQ(merges.size(), 1U);
    EXPECT_EQ(merges[0].left, 2);
    EXPECT_EQ(merges[0].merged, 3);
}

}  // namespace
}  // namespace gatescope
