#include "model/tokenizer/models/byte_level_bpe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/small_vocabulary.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;

Ids merge(const BpeVocab& vocab, std::string_view piece) {
    Ids ids;
    const ByteLevelBpe model(vocab.byte_ids, vocab.merges);
    model.open(nullptr)->append_ids(piece, ids);
    return ids;
}

// The textbook's way: look through all pairs for the lowest rank, merge its leftmost occurrence, repeat.
Ids merge_plainly(const BpeVocab& vocab, std::string_view piece) {
    Ids ids;
    for (const char byte : piece) ids.push_back(vocab.byte_ids[static_cast<std::uint8_t>(byte)]);
    for (bool merged = true; merged;) {
        merged = false;
        for (const BpeMerge& rule : vocab.merges) {
            for (std::size_t at = 0; at + 1 < ids.size() && !merged; ++at) {
                if (ids[at] != rule.left || ids[at + 1] != rule.right) continue;
                ids[at] = rule.merged;
                ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
                merged = true;
            }
            if (merged) break;
        }
    }
    return ids;
}

TEST(ByteLevelBpe, MergesByRankNotByPosition) {
    const BpeVocab vocab = small_vocab({"b c", "a b"});
    EXPECT_EQ(merge(vocab, "abc"), (Ids{byte_id('a'), 258}));
}

TEST(ByteLevelBpe, OfEqualPairsTheLeftmostMergesFirst) {
    const BpeVocab vocab = small_vocab({"a a"});
    EXPECT_EQ(merge(vocab, "aaa"), (Ids{258, byte_id('a')}));
}

TEST(ByteLevelBpe, AMergeOfLowerRankThatAppearsLateStillGoesFirst) {
    const BpeVocab vocab = small_vocab({"ab c", "a b", "c d"});
    EXPECT_EQ(merge(vocab, "abcd"), (Ids{258, byte_id('d')})) << "ab, then abc before cd";
}

TEST(ByteLevelBpe, OfTwoMergesOfOnePairTheLaterHolds) {
    BpeVocab vocab = small_vocab({"a b", "b c"});
    vocab.merges.push_back(vocab.merges.front());
    EXPECT_EQ(merge(vocab, "abc"), (Ids{byte_id('a'), 259}));
}

TEST(ByteLevelBpe, AByteWithoutATokenIsLeftOutAndItsNeighboursMeet) {
    BpeVocab vocab = small_vocab({"a b"});
    vocab.byte_ids['x'] = -1;
    EXPECT_EQ(merge(vocab, "axb"), Ids{258});
    EXPECT_EQ(merge(vocab, "x"), Ids{});
}

TEST(ByteLevelBpe, EqualsThePlainWayOnRandomRulesAndPieces) {
    std::mt19937 rng(1);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::string> merges, made = {"a", "b", "c"};
        for (int rule = 0; rule < 12; ++rule) {
            const std::string left = made[rng() % made.size()], right = made[rng() % made.size()];
            merges.push_back(left + " " + right);
            made.push_back(left + right);
        }
        std::sort(merges.begin(), merges.end());
        merges.erase(std::unique(merges.begin(), merges.end()), merges.end());
        std::shuffle(merges.begin(), merges.end(), rng);
        const BpeVocab vocab = small_vocab(merges);
        std::string piece;
        for (std::size_t size = rng() % 60; piece.size() < size;) piece += static_cast<char>('a' + rng() % 3);
        ASSERT_EQ(merge(vocab, piece), merge_plainly(vocab, piece)) << piece << " round " << round;
    }
}

TEST(ByteLevelBpe, AMegabyteOfOneLetterIsMergedWhole) {
    const BpeVocab vocab = small_vocab({"a a", "aa aa", "aaaa aaaa"});
    EXPECT_EQ(merge(vocab, std::string(1'000'000, 'a')), Ids(125'000, 260));
}

}  // namespace
}  // namespace gatescope
