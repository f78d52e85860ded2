#include "model/train/data/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <map>
#include <random>

#include "model/core/error.h"
#include "tests/model/train/data/text_folder.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts_of(const Documents& documents) {
    std::vector<std::string> out;
    for (const Document& document : documents.all()) out.emplace_back(document.text);
    return out;
}

std::map<std::string, bool> sides_of(const Documents& documents) {
    std::map<std::string, bool> out;
    for (const Document& document : documents.all()) {
        const auto [place, is_new] = out.emplace(document.text, document.held_out);
        EXPECT_EQ(place->second, document.held_out) << document.text << " is on both sides";
    }
    return out;
}

double held_out_share(const Documents& documents) {
    std::size_t bytes = 0;
    for (const Document& document : documents.all()) bytes += document.held_out ? document.text.size() : 0;
    return static_cast<double>(bytes) / static_cast<double>(documents.bytes());
}

std::string refusal(const DataRequest& request) {
    JobContext job;
    try {
        const Documents documents(request, job);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "taken";
}

TEST(Documents, AreTheFilesCutAtTheSeparator) {
    TextFolder folder;
    JobContext job;
    folder.write("a.txt", "\n\n\none\n\n\n\ntwo\n\n\n \n\n\n\nthree\n");
    EXPECT_THAT(texts_of(Documents(folder.request({"a.txt"}), job)), ElementsAre("one", "\ntwo", "\nthree\n"));
    DataRequest whole = folder.request({"a.txt", "b.txt"});
    whole.separator.clear();
    folder.write("b.txt", "b");
    EXPECT_EQ(texts_of(Documents(whole, job)).size(), 2U);
}

TEST(Documents, OfAFolderAreItsTxtFilesInTheOrderOfTheirNames) {
    TextFolder folder;
    JobContext job;
    std::filesystem::create_directory(folder.path() / "texts");
    for (const char* const name : {"c.txt", "a.txt", "b.txt"}) folder.write(std::string("texts/") + name, name);
    folder.write("texts/d.md", "d");
    folder.write("texts/empty.txt", "");
    EXPECT_THAT(texts_of(Documents(folder.request({"texts"}), job)), ElementsAre("a.txt", "b.txt", "c.txt"));
}

TEST(Documents, MayBeMoreFilesThanCanBeOpenAtOnce) {
    TextFolder folder;
    JobContext job;
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit few = before;
    few.rlim_cur = 60;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    std::filesystem::create_directory(folder.path() / "texts");
    for (int n = 0; n < 100; ++n) folder.write("texts/" + std::to_string(n) + ".txt", std::to_string(n));
    EXPECT_EQ(texts_of(Documents(folder.request({"texts"}), job)).size(), 100U);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(Documents, OfALargeFileAreThoseOfASmallOne) {
    TextFolder folder;
    JobContext job;
    const std::string document(600'000, 'x');
    folder.write("a.txt", document + "\n\n\n" + document + "y\n\n\nz");
    EXPECT_THAT(texts_of(Documents(folder.request({"a.txt"}), job)), ElementsAre(document, document + "y", "z"));
}

TEST(Documents, AreHeldOutByWhatTheySayAndNothingElse) {
    TextFolder folder;
    JobContext job;
    std::mt19937 rng(1);
    std::vector<std::string> documents;
    for (int n = 0; n < 60; ++n) documents.push_back("document " + std::to_string(n) + std::string(rng() % 300, 'x'));
    folder.write("a.txt", joined(documents));
    const auto sides = sides_of(Documents(folder.request({"a.txt"}), job));
    std::shuffle(documents.begin(), documents.end(), rng);
    documents.push_back(documents.front());
    folder.write("b.txt", joined({documents.begin(), documents.begin() + 20}));
    folder.write("c.txt", joined({documents.begin() + 20, documents.end() - 1}));
    EXPECT_EQ(sides_of(Documents(folder.request({"b.txt", "c.txt"}), job)), sides);
}

TEST(Documents, HoldOutAboutTheShareAndNeverAllNorNothing) {
    TextFolder folder;
    JobContext job;
    std::mt19937 rng(2);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::string> documents;
        for (std::size_t n = 2 + rng() % 20; n > 0; --n)
            documents.push_back(std::to_string(n) + std::string(rng() % 400, 'x'));
        for (std::size_t n = rng() % 4; n > 0; --n) documents.push_back(documents[rng() % documents.size()]);
        folder.write("a.txt", joined(documents));
        DataRequest request = folder.request({"a.txt"});
        request.held_out_share = 0.01 + 0.98 * static_cast<double>(rng() % 100) / 100;
        const Documents made(request, job);
        const auto sides = sides_of(made);
        std::size_t held_out = 0, smallest = std::string::npos;
        for (const auto& [text, side] : sides) {
            held_out += side ? 1 : 0;
            smallest = std::min(smallest, text.size());
        }
        ASSERT_GT(held_out, 0U);
        ASSERT_LT(held_out, sides.size());
        const double share = held_out_share(made);
        ASSERT_TRUE(held_out == 1 || share <= 2 * request.held_out_share);
    }
}

TEST(Documents, OfManyReachTheShare) {
    TextFolder folder;
    JobContext job;
    std::vector<std::string> documents;
    for (int n = 0; n < 400; ++n) documents.push_back(std::to_string(1000 + n) + std::string(100, 'x'));
    folder.write("a.txt", joined(documents));
    const Documents made(folder.request({"a.txt"}), job);
    EXPECT_NEAR(held_out_share(made), 0.05, 1.0 / 400);
    EXPECT_EQ(made.training().size(), 380U);
}

TEST(Documents, ThatCantBeSplitAreRefusedWithTheReason) {
    TextFolder folder;
    folder.write("one.txt", "one document alone");
    folder.write("twice.txt", "same\n\n\nsame");
    folder.write("blank.txt", " \n");
    folder.write("empty.txt", "");
    folder.write("bad.txt", "a\n\n\n\xFFz");
    std::filesystem::create_directory(folder.path() / "nothing");
    EXPECT_THAT(refusal(folder.request({"one.txt"})), HasSubstr("one document"));
    EXPECT_THAT(refusal(folder.request({"twice.txt"})), HasSubstr("one document"));
    EXPECT_THAT(refusal(folder.request({"blank.txt"})), HasSubstr("no document"));
    EXPECT_THAT(refusal(folder.request({"empty.txt"})), HasSubstr("is empty"));
    EXPECT_THAT(refusal(folder.request({"bad.txt"})), HasSubstr("bad.txt"));
    EXPECT_THAT(refusal(folder.request({"oen.txt"})), HasSubstr("did you mean"));
    EXPECT_THAT(refusal(folder.request({"nothing"})), HasSubstr("no .txt file"));
    EXPECT_THAT(refusal(folder.request({})), HasSubstr("no text"));
    for (const double share : {0.0, 1.0, -1.0, std::nan("")}) {
        DataRequest request = folder.request({"twice.txt"});
        request.held_out_share = share;
        EXPECT_THAT(refusal(request), HasSubstr("between 0 and 1"));
    }
}

TEST(Documents, StopWhenTheJobIsCancelled) {
    TextFolder folder;
    folder.write("a.txt", "a\n\n\nb");
    JobContext job;
    job.cancel();
    EXPECT_THROW(Documents(folder.request({"a.txt"}), job), Cancelled);
}

}  // namespace
}  // namespace gatescope
