#include "model/tokenizer/train/bpe_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "model/core/error.h"
#include "model/tokenizer/tokenizer_files.h"
#include "model/tokenizer/train/word_counts.h"
#include "tests/support/random_text.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

TrainedBpe train(const std::vector<std::string>& texts, std::int64_t size) {
    JobContext job;
    const std::vector<std::string_view> documents(texts.begin(), texts.end());
    return train_bpe(documents, size, job);
}

// The largest vocabulary that the texts give, as the refusal of a larger one says.
std::int64_t most(const std::vector<std::string>& texts) {
    try {
        train(texts, 1'000'000);
    } catch (const Failure& failure) {
        const std::string what = failure.what();
        const std::string before = "a vocabulary of ";
        return std::stoll(what.substr(what.find(before) + before.size()));
    }
    return 0;
}

TEST(BpeTrainer, BeginsWithTheEndOfTextAndEveryByte) {
    const TrainedBpe bpe = train({}, kSmallestBpe);
    ASSERT_EQ(bpe.vocabulary.size(), 257U);
    EXPECT_EQ(bpe.vocabulary.front(), "<|endoftext|>");
    EXPECT_EQ(bpe.vocabulary[1], "!");
    EXPECT_TRUE(std::is_sorted(bpe.vocabulary.begin() + 1, bpe.vocabulary.end()));
    EXPECT_TRUE(bpe.merges.empty());
}

TEST(BpeTrainer, MergesTheMostFrequentPairAndOfEqualOnesTheFirst) {
    const TrainedBpe bpe = train({"ab ab ab cd cd xy xy"}, 257 + 4);
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    // "ab" three times, " ab" and " cd"'s parts twice: of those the lower ids, where the space comes last.
    EXPECT_EQ(bpe.merges, (Pairs{{"a", "b"}, {"c", "d"}, {"x", "y"}, {"Ġ", "ab"}}));
}

TEST(BpeTrainer, SizesThatCantBeAreRefusedWithWhatCan) {
    for (const std::int64_t size : {-1, 0, 256}) {
        try {
            train({"some text"}, size);
            FAIL() << size;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kUsage);
            EXPECT_THAT(failure.what(), HasSubstr("257"));
        }
    }
    EXPECT_EQ(most({"abc abc"}), 257 + 3);  // ab, abc, Ġabc
    EXPECT_EQ(most({}), 257);
    EXPECT_EQ(train({"abc abc"}, 260).vocabulary.back(), "Ġabc");
}

TEST(BpeTrainer, IsTheSameWhateverTheOrderOfTheDocuments) {
    std::mt19937 rng(4);
    std::vector<std::string> texts;
    for (int n = 0; n < 30; ++n) texts.push_back(random_text(rng, 60));
    const std::int64_t size = std::min<std::int64_t>(most(texts), 500);
    const TrainedBpe bpe = train(texts, size);
    std::shuffle(texts.begin(), texts.end(), rng);
    EXPECT_EQ(train(texts, size).merges, bpe.merges);
}

TEST(BpeTrainer, TrainedToTheEndMakesEveryWordOneToken) {
    std::mt19937 rng(6);
    for (int round = 0; round < 20; ++round) {
        const std::string text = random_text(rng, 40);
        const auto tokenizer = make_tokenizer(files_of(train({text}, most({text}))), "own");
        const std::vector<std::int32_t> ids = tokenizer->encode(text);
        EXPECT_EQ(tokenizer->decode(ids), text);
        JobContext job;
        const std::string_view document = text;
        std::size_t words = 0;
        for (const WordCount& word : count_words(std::span(&document, 1), job))
            words += static_cast<std::size_t>(word.count);
        EXPECT_EQ(ids.size(), words) << text;
    }
}

TEST(BpeTrainer, StopsWhenItsJobIsCancelled) {
    const std::string text(100'000, 'a');
    const std::vector<std::string_view> documents = {text};
    JobContext job;
    job.cancel();
    EXPECT_THROW(train_bpe(documents, 260, job), Cancelled);
}

}  // namespace
}  // namespace gatescope
