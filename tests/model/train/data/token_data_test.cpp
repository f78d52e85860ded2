#include "model/train/data/token_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <thread>

#include "model/core/error.h"
#include "model/tokenizer/gguf_bpe.h"
#include "model/tokenizer/tokenizer_files.h"
#include "tests/model/train/data/text_folder.h"
#include "tests/support/random_text.h"
#include "tests/support/small_vocabulary.h"

namespace gatescope {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::int32_t>;
namespace fs = std::filesystem;

constexpr char kTokenizerSha256[] = "a tokenizer";

// A tokenizer that counts how much it was asked for.
class CountingTokenizer : public Tokenizer {
  public:
    Ids encode(std::string_view text, std::size_t at_least, JobContext* job) const override {
        bytes_ += text.size();
        return tokenizer_.encode(text, at_least, job);
    }
    std::string piece(std::int32_t id) const override { return tokenizer_.piece(id); }
    std::string decode(const Ids& ids) const override { return tokenizer_.decode(ids); }
    std::size_t size() const override { return tokenizer_.size(); }
    std::string kind() const override { return tokenizer_.kind(); }
    Ends ends() const override { return tokenizer_.ends(); }
    std::size_t bytes() const { return bytes_; }

  private:
    PipelineTokenizer tokenizer_{byte_level_parts(small_vocab())};
    mutable std::atomic<std::size_t> bytes_ = 0;
};

std::shared_ptr<const TokenData> open(const DataRequest& request, const Tokenizer& tokenizer) {
    JobContext job;
    return token_data(request, tokenizer, kTokenizerSha256, job);
}

Ids train_ids(const TokenData& data) {
    Ids out;
    for (std::size_t n = 0; n < data.train_windows(); ++n) {
        const auto window = data.train_window(n);
        out.insert(out.end(), window.begin(), window.end());
    }
    return out;
}

std::string refusal(const DataRequest& request, const Tokenizer& tokenizer) {
    try {
        open(request, tokenizer);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "taken";
}

fs::path only_file(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    EXPECT_EQ(files.size(), 1U);
    return files.front();
}

std::string many_documents(std::size_t count, unsigned seed) {
    std::mt19937 rng(seed);
    std::vector<std::string> documents;
    for (std::size_t n = 0; n < count; ++n) documents.push_back("the " + std::to_string(rng()) + " of the end");
    return joined(documents);
}

TEST(TokenData, HasTheDocumentsIdsEndToEndEachSideInTheOrderOfTheFiles) {
    TextFolder folder;
    const TrainedBpe bytes = [] {
        JobContext job;
        return train_bpe(std::vector<std::string_view>{}, kSmallestBpe, job);
    }();
    const auto tokenizer = make_tokenizer(files_of(bytes), "tokenizer");
    folder.write("a.txt", "first\n\n\nsecond one\n\n\nthird\n\n\nfourth\n\n\nfifth of them");
    DataRequest request = folder.request({"a.txt"});
    request.window_length = 4;
    JobContext job;
    Ids train, held_out;
    const Documents documents(request, job);
    for (const Document& document : documents.all()) {
        Ids& side = document.held_out ? held_out : train;
        for (const std::int32_t id : tokenizer->encode(document.text)) side.push_back(id);
        side.push_back(0);  // <|endoftext|>
    }
    const auto data = open(request, *tokenizer);
    EXPECT_EQ(data->train_tokens(), static_cast<std::int64_t>(train.size()));
    EXPECT_EQ(data->held_out_tokens(), static_cast<std::int64_t>(held_out.size()));
    train.resize(train.size() / 4 * 4);
    EXPECT_EQ(train_ids(*data), train);
    Ids shown;
    const auto windows = data->held_out_windows(1000);
    for (const Ids& window : *windows) shown.insert(shown.end(), window.begin(), window.end());
    if (held_out.size() % 4 == 1) held_out.pop_back();  // one id alone has nothing to score
    EXPECT_EQ(shown, held_out);
    EXPECT_EQ(data->held_out_windows(1)->size(), 1U);
    EXPECT_EQ(data->name(), "a.txt");
}

// No window that is held out is ever trained on: with few words, documents repeat one another in part.
TEST(TokenData, HasNoHeldOutWindowAmongThoseToTrainOn) {
    const CountingTokenizer tokenizer;
    std::mt19937 rng(5);
    int apart = 0, dropped = 0;
    for (int round = 0; round < 150; ++round) {
        TextFolder folder;
        std::vector<std::string> documents;
        for (std::size_t n = 2 + rng() % 12; n > 0; --n) {
            std::string document;
            const bool repeats = rng() % 2 == 0;
            for (std::size_t words = 1 + rng() % 30; words > 0; --words)
                document += repeats ? (rng() % 8 == 0 ? "b" : "a") : random_text(rng, 3);
            documents.push_back(document + "z");
        }
        folder.write("a.txt", joined(documents));
        DataRequest request = folder.request({"a.txt"});
        request.held_out_share = 0.3;
        request.window_length = 2 + static_cast<std::int64_t>(rng() % 6);
        if (const std::string reason = refusal(request, tokenizer); reason != "taken") {
            ASSERT_TRUE(reason.find("to train on") != std::string::npos || reason.find("document") != std::string::npos)
                << reason;
            continue;
        }
        const auto data = open(request, tokenizer);
        const auto held_out = data->held_out_windows(data->held_out_tokens());
        const std::set<Ids> kept_back(held_out->begin(), held_out->end());
        for (std::size_t n = 0; n < data->train_windows(); ++n) {
            const auto window = data->train_window(n);
            ASSERT_FALSE(kept_back.contains(Ids(window.begin(), window.end()))) << "round " << round;
        }
        ++apart;
        dropped += static_cast<std::int64_t>(data->train_windows()) < data->train_tokens() / request.window_length;
    }
    EXPECT_GT(apart, 50);
    EXPECT_GT(dropped, 5) << "the texts are too different to show anything";
}

TEST(TokenData, IsTokenizedOnceAndReadBackTheSame) {
    TextFolder folder;
    folder.write("a.txt", many_documents(40, 1));
    DataRequest request = folder.request({"a.txt"});
    request.window_length = 8;
    const CountingTokenizer first, second;
    const auto made = open(request, first);
    const auto found = open(request, second);
    EXPECT_GT(first.bytes(), 0U);
    EXPECT_EQ(second.bytes(), 0U);
    EXPECT_EQ(train_ids(*found), train_ids(*made));
    EXPECT_EQ(*found->held_out_windows(9), *made->held_out_windows(9));
    EXPECT_EQ(found->sha256(), made->sha256());
}

TEST(TokenData, IsMadeAnewWhereAnythingThatItDependsOnDiffers) {
    TextFolder folder;
    folder.write("a.txt", many_documents(40, 1));
    folder.write("b.txt", many_documents(40, 2));
    const DataRequest request = folder.request({"a.txt"});
    const CountingTokenizer tokenizer;
    std::set<std::string> hashes = {open(request, tokenizer)->sha256()};
    DataRequest changed = request;
    changed.texts.push_back(folder.path() / "b.txt");
    hashes.insert(open(changed, tokenizer)->sha256());
    std::reverse(changed.texts.begin(), changed.texts.end());
    hashes.insert(open(changed, tokenizer)->sha256());
    changed = request;
    changed.held_out_share = 0.2;
    hashes.insert(open(changed, tokenizer)->sha256());
    changed = request;
    changed.separator = "\n";
    hashes.insert(open(changed, tokenizer)->sha256());
    JobContext job;
    hashes.insert(token_data(request, tokenizer, "another tokenizer", job)->sha256());
    folder.write("a.txt", many_documents(40, 3));
    hashes.insert(open(request, tokenizer)->sha256());
    EXPECT_EQ(hashes.size(), 7U);
}

TEST(TokenData, DamagedInItsFileIsNeverTrustedButMadeAnew) {
    TextFolder folder;
    folder.write("a.txt", many_documents(30, 1));
    DataRequest request = folder.request({"a.txt"});
    request.window_length = 8;
    const CountingTokenizer tokenizer;
    const Ids ids = train_ids(*open(request, tokenizer));
    const fs::path file = only_file(request.cache_folder);
    const auto size = fs::file_size(file);
    std::mt19937 rng(3);
    for (int round = 0; round < 30; ++round) {
        if (round % 3 == 0) {
            fs::resize_file(file, rng() % size);
        } else {
            std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
            const auto at = static_cast<std::streamoff>(rng() % size);
            const char old = static_cast<char>(bytes.seekg(at).get());
            bytes.seekp(at).put(static_cast<char>(old ^ static_cast<char>(1U << rng() % 8)));
        }
        const std::size_t before = tokenizer.bytes();
        ASSERT_EQ(train_ids(*open(request, tokenizer)), ids);
        ASSERT_GT(tokenizer.bytes(), before) << "round " << round << " was trusted";
        ASSERT_EQ(fs::file_size(file), size);
    }
}

TEST(TokenData, IsRefusedWhereItsFileIsWrittenToMeanwhile) {
    TextFolder folder;
    folder.write("a.txt", many_documents(30, 1));
    DataRequest request = folder.request({"a.txt"});
    request.window_length = 8;
    const auto data = open(request, CountingTokenizer());
    fs::resize_file(only_file(request.cache_folder), 10);
    EXPECT_THROW(data->train_window(0), Failure);
    EXPECT_THROW(data->held_out_windows(1), Failure);
}

TEST(TokenData, IsMadeOnceByRunsThatBeginTogether) {
    TextFolder folder;
    folder.write("a.txt", many_documents(500, 1));
    DataRequest request = folder.request({"a.txt"});
    request.window_length = 8;
    std::vector<Ids> ids(4);
    const CountingTokenizer tokenizer;
    {
        std::vector<std::jthread> threads;
        for (Ids& each : ids) threads.emplace_back([&] { each = train_ids(*open(request, tokenizer)); });
    }
    for (const Ids& each : ids) EXPECT_EQ(each, ids.front());
    EXPECT_LE(tokenizer.bytes(), fs::file_size(folder.path() / "a.txt") + 100);
    only_file(request.cache_folder);
}

TEST(TokenData, LeavesNothingBehindWhereItIsCancelled) {
    TextFolder folder;
    folder.write("a.txt", many_documents(500, 1));
    const DataRequest request = folder.request({"a.txt"});
    const CountingTokenizer tokenizer;
    JobContext job;
    job.set_tick_service([&] {
        if (tokenizer.bytes() > 2000) job.cancel();
    });
    EXPECT_THROW(token_data(request, tokenizer, kTokenizerSha256, job), Cancelled);
    EXPECT_TRUE(fs::is_empty(request.cache_folder));
}

TEST(TokenData, ThatCantBeKeptIsRefusedInOneLineThatSaysWhereAndWhatToDo) {
    TextFolder folder;
    folder.write("a.txt", many_documents(40, 1));
    const CountingTokenizer tokenizer;
    DataRequest request = folder.request({"a.txt"});
    request.cache_folder = folder.path() / "a.txt" / "tokens";
    const std::string reason = refusal(request, tokenizer);
    EXPECT_THAT(reason, HasSubstr("a.txt/tokens"));
    EXPECT_THAT(reason, HasSubstr("XDG_CACHE_HOME"));
    EXPECT_EQ(tokenizer.bytes(), 0U) << "tokenized in vain";
}

TEST(TokenData, OfTextsTooShortForAWindowIsRefused) {
    TextFolder folder;
    folder.write("a.txt", "one document\n\n\nanother document");
    const CountingTokenizer tokenizer;
    DataRequest request = folder.request({"a.txt"});
    EXPECT_THAT(refusal(request, tokenizer), HasSubstr("fewer than a window of 256"));
    request.window_length = 1;
    EXPECT_THAT(refusal(request, tokenizer), HasSubstr("fewer than 2 tokens"));
}

TEST(TokenData, UnigramPerplexityIsThatOfTheTrainingIdsFrequenciesPlusOne) {
    TextFolder folder;
    folder.write("a.txt", many_documents(40, 1));
    DataRequest request = folder.request({"a.txt"});
    request.window_length = 2;  // so that the windows leave no id out, and few are dropped
    const CountingTokenizer tokenizer;
    const auto data = open(request, tokenizer);
    std::map<std::int32_t, double> counts;
    JobContext job;
    const Documents documents(request, job);
    for (const std::string_view text : documents.training())
        for (const std::int32_t id : tokenizer.encode(text, 0, nullptr)) ++counts[id];
    const Ids window = {5, 259, 260, 262};
    const double all = static_cast<double>(data->train_tokens()) + 300;
    double nll = 0;
    for (const std::int32_t id : {259, 260, 262}) nll -= std::log((counts[id] + 1) / all) / 3;
    EXPECT_NEAR(data->unigram_perplexity({window}, 300), std::exp(nll), 1e-9 * std::exp(nll));
}

}  // namespace
}  // namespace gatescope
