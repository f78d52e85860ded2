#include "model/tokenizer/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

// Ids: 0 <unk>, 1 <s>, 2 a, 3 b, 4 c, 5 ab, 6 " ".
Json small() {
    return Json::parse(R"({"model": {"type": "BPE", "unk_token": "<unk>", "merges": [["a", "b"]],
        "vocab": {"<unk>": 0, "<s>": 1, "a": 2, "b": 3, "c": 4, "ab": 5, " ": 6}},
        "added_tokens": [{"id": 1, "content": "<s>", "special": true}]})");
}

std::unique_ptr<Tokenizer> make(const Json& document) {
    return std::make_unique<PipelineTokenizer>(read_tokenizer_json(document, "tokenizer.json"));
}

Json split(const std::string& regex) {
    return {{"type", "Split"}, {"pattern", {{"Regex", regex}}}, {"behavior", "Isolated"}, {"invert", false}};
}

TEST(TokenizerJson, MergesMayBeStringsOrPairs) {
    Json document = small();
    EXPECT_THAT(make(document)->encode("abc<s>"), ElementsAre(5, 4, 1));
    document["model"]["merges"] = {"a b"};
    EXPECT_THAT(make(document)->encode("abc<s>"), ElementsAre(5, 4, 1));
}

TEST(TokenizerJson, AModelWithoutATypeIsToldByItsFields) {
    Json document = small();
    document["model"].erase("type");
    EXPECT_THAT(make(document)->encode("ab"), ElementsAre(5));
}

TEST(TokenizerJson, ATemplatesEndsStandAroundTheWholeTextAndNotBehindAPart) {
    Json document = small();
    document["post_processor"] = {{"type", "BertProcessing"}, {"cls", {"<s>", 1}}, {"sep", {"<unk>", 0}}};
    const auto tokenizer = make(document);
    EXPECT_THAT(tokenizer->encode("c<s>c<s>c"), ElementsAre(1, 4, 1, 4, 1, 4, 0));
    EXPECT_THAT(tokenizer->encode("c<s>c<s>c", 3), ElementsAre(1, 4, 1));
    EXPECT_THAT(tokenizer->ends().front, ElementsAre(1));
    EXPECT_THAT(tokenizer->ends().back, ElementsAre(0));
}

TEST(TokenizerJson, APatternThatBacktracksWithoutEndGivesUpInOneLine) {
    Json document = small();
    document["pre_tokenizer"] = split("(a|a)*[xy]");
    try {
        make(document)->encode(std::string(2000, 'a'));
        FAIL() << "came to an end";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_THAT(failure.what(), HasSubstr("pre_tokenizer.pattern"));
    }
}

TEST(TokenizerJson, ReplacementsThatFillTheMemoryAreStopped) {
    Json document = small();
    const Json doubling = {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aaaaaaaaaaaaaaaa"}};
    document["normalizer"] = {{"type", "Sequence"}, {"normalizers", Json(20, doubling)}};
    EXPECT_THROW(make(document)->encode("aaaa"), Failure);
}

TEST(TokenizerJson, APieceIsShownAsTheTextHasIt) {
    Json document = small();
    document["model"]["vocab"].update({{"\u2581ab", 7}, {"<0x0A>", 8}});
    const Json replace = {{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}};
    const Json strip = {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}};
    document["decoder"] = {{"type", "Sequence"},
                           {"decoders", {replace, {{"type", "ByteFallback"}}, {{"type", "Fuse"}}, strip}}};
    const auto tokenizer = make(document);
    EXPECT_EQ(tokenizer->piece(7), " ab") << "the space that decode takes off a text's beginning is the piece's own";
    EXPECT_EQ(tokenizer->piece(8), "\n");
    EXPECT_EQ(tokenizer->decode({7, 7, 8}), "ab ab\n");
}

struct Fault {
    const char* name;
    std::function<void(Json&)> break_it;
    const char* says;
};

class BrokenTokenizerJson : public testing::TestWithParam<Fault> {};

TEST_P(BrokenTokenizerJson, IsRefusedNamingThePlace) {
    Json document = small();
    GetParam().break_it(document);
    try {
        make(document);
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("tokenizer"));
        EXPECT_THAT(failure.what(), HasSubstr(GetParam().says));
    }
}

Json added(std::int64_t id, const char* content) {
    return {{"id", id}, {"content", content}, {"special", true}};
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenTokenizerJson,
    testing::Values(
        Fault{"NoModel", [](Json& d) { d.erase("model"); }, "model: is missing"},
        Fault{"UnknownModel", [](Json& d) { d["model"]["type"] = "Unigrams"; }, "known: BPE"},
        Fault{"UnknownNormalizer",
              [](Json& d) {
                  d["normalizer"] = {{"type", "Nmt"}};
              },
              "known: BertNormalizer"},
        Fault{"UnknownPreTokenizer",
              [](Json& d) {
                  d["pre_tokenizer"] = {{"type", "Splat"}};
              },
              "did you mean"},
        Fault{"UnknownDecoder",
              [](Json& d) {
                  d["decoder"] = {{"type", "CTC"}};
              },
              "known: BPEDecoder"},
        Fault{"UnknownPostProcessor",
              [](Json& d) {
                  d["post_processor"] = {{"type", "X"}};
              },
              "TemplateProcessing"},
        Fault{"EmptyVocabulary", [](Json& d) { d["model"]["vocab"] = Json::object(); }, "is empty"},
        Fault{"IdOf40Bits", [](Json& d) { d["model"]["vocab"]["c"] = std::int64_t{1} << 40; }, "out of range"},
        Fault{"NegativeId", [](Json& d) { d["model"]["vocab"]["c"] = -1; }, "out of range"},
        Fault{"IdOfText", [](Json& d) { d["model"]["vocab"]["c"] = "4"; }, "no integer"},
        Fault{"IdTwice", [](Json& d) { d["model"]["vocab"]["c"] = 3; }, "has id 3"},
        Fault{"MergeOfNoToken", [](Json& d) { d["model"]["merges"] = {"a x"}; }, "names \"x\""},
        Fault{"MergeIntoNoToken", [](Json& d) { d["model"]["merges"] = {"b c"}; }, "names \"bc\""},
        Fault{"MergeOfThree",
              [](Json& d) {
                  d["model"]["merges"] = {{"a", "b", "c"}};
              },
              "no pair"},
        Fault{"MergeOfANumber", [](Json& d) { d["model"]["merges"] = {5}; }, "no pair"},
        Fault{"Dropout", [](Json& d) { d["model"]["dropout"] = 0.1; }, "at random"},
        Fault{"AddedFarAway", [](Json& d) { d["added_tokens"] = {added(1000000000, "x")}; }, "out of range"},
        Fault{"AddedContradicts", [](Json& d) { d["added_tokens"] = {added(2, "b")}; }, "has \"b\" as 3"},
        Fault{"AddedTakesAPlace", [](Json& d) { d["added_tokens"] = {added(2, "x")}; }, "has as \"a\""},
        Fault{"AddedTwice",
              [](Json& d) {
                  d["added_tokens"] = {added(9, "x"), added(9, "y")};
              },
              "\"x\" has too"},
        Fault{"BrokenRegex", [](Json& d) { d["pre_tokenizer"] = split("(((["); }, "broken at byte 4"},
        Fault{"NestedClass", [](Json& d) { d["pre_tokenizer"] = split("[a[bc]]"); }, "class inside of a class"},
        Fault{"LongPattern", [](Json& d) { d["pre_tokenizer"] = split(std::string(100000, 'a')); }, "bytes long"},
        Fault{"UnknownBehavior", [](Json& d) { (d["pre_tokenizer"] = split("a"))["behavior"] = "Kept"; }, "Isolated"},
        Fault{"TemplateWithoutText",
              [](Json& d) {
                  d["post_processor"] = {{"type", "TemplateProcessing"}, {"single", Json::array()}};
              },
              "0 times"},
        Fault{"EndsOutside",
              [](Json& d) {
                  d["post_processor"] = {{"type", "BertProcessing"}, {"cls", {"x", 77}}, {"sep", {"y", 1}}};
              },
              "id 77"},
        Fault{"TooManyStages",
              [](Json& d) {
                  d["normalizer"] = {{"type", "Sequence"}, {"normalizers", Json(2000, {{"type", "NFC"}})}};
              },
              "more than 1000"}),
    [](const auto& about) { return about.param.name; });

}  // namespace
}  // namespace gatescope
