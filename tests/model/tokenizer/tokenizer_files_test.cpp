#include "model/tokenizer/tokenizer_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/pre_tokenizer_patterns.h"
#include "tests/support/memory_checkpoint.h"
#include "tests/support/random_text.h"
#include "tests/support/small_vocabulary.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using Json = nlohmann::json;

MemoryCheckpoint gguf(Json metadata) {
    metadata["tokenizer.ggml.model"] = metadata.value("tokenizer.ggml.model", "gpt2");
    return {MetadataKind::kGguf, std::move(metadata)};
}

// A checkpoint that is a folder.
class FolderCheckpoint : public MemoryCheckpoint {
  public:
    explicit FolderCheckpoint(std::filesystem::path folder)
        : MemoryCheckpoint(MetadataKind::kConfigJson, Json::object()), folder_(std::move(folder)) {}
    std::filesystem::path folder() const override { return folder_; }

  private:
    std::filesystem::path folder_;
};

TrainedBpe trained(const std::string& text, std::int64_t size) {
    JobContext job;
    const std::string_view document = text;
    return train_bpe(std::span(&document, 1), size, job);
}

std::string refusal(const CheckpointReader& checkpoint) {
    try {
        files_of(checkpoint);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "taken";
}

TEST(TokenizerFiles, OfAGgufGiveTheIdsOfItsOwnTokenizer) {
    std::mt19937 rng(9);
    for (const PreTokenizerPattern& way : pre_tokenizer_patterns()) {
        const MemoryCheckpoint checkpoint =
            gguf(small_metadata({"t h", "th e", "Ġ the", "a a", "aa aa", "Ġ Ġ", "Â ł"}, way.id));
        const auto own = make_tokenizer(checkpoint);
        const auto made = make_tokenizer(files_of(checkpoint), "files");
        ASSERT_EQ(made->size(), own->size());
        for (int round = 0; round < 100; ++round) {
            const std::string text = random_text(rng, rng() % 200);
            ASSERT_EQ(made->encode(text), own->encode(text)) << way.id << " round " << round;
        }
        for (std::int32_t id = 0; static_cast<std::size_t>(id) < own->size(); ++id)
            ASSERT_EQ(made->piece(id), own->piece(id));
    }
}

TEST(TokenizerFiles, OfAGgufKeepWhatStandsAroundAText) {
    Json metadata = small_metadata();
    metadata["tokenizer.ggml.add_bos_token"] = true;
    metadata["tokenizer.ggml.bos_token_id"] = 0;
    metadata["tokenizer.ggml.add_eos_token"] = true;
    metadata["tokenizer.ggml.eos_token_id"] = 1;
    const MemoryCheckpoint checkpoint = gguf(metadata);
    const auto made = make_tokenizer(files_of(checkpoint), "files");
    EXPECT_THAT(made->encode("the"), ElementsAre(0, 259, 1));
    EXPECT_EQ(made->encode("the"), make_tokenizer(checkpoint)->encode("the"));
    EXPECT_THAT(made->encode(""), ElementsAre(0, 1));
}

TEST(TokenizerFiles, OfAGgufThatHoldsNoByteLevelBpeAreRefusedByName) {
    for (const char* const kind : {"llama", "bert", "t5"}) {
        Json metadata = small_metadata();
        metadata["tokenizer.ggml.model"] = kind;
        EXPECT_THAT(refusal(gguf(metadata)), HasSubstr(std::string("kind \"") + kind + "\""));
    }
    EXPECT_THAT(refusal(MemoryCheckpoint(MetadataKind::kGguf, Json::object())), HasSubstr("no tokenizer"));
}

TEST(TokenizerFiles, OfAGgufWithTokensThatAreNoUtf8CanStillBeRead) {
    Json metadata = small_metadata();
    metadata["tokenizer.ggml.tokens"].push_back("\xFF\xFE");
    metadata["tokenizer.ggml.tokens"].push_back("\xFF\xFE");
    if (metadata.contains("tokenizer.ggml.token_type")) {
        metadata["tokenizer.ggml.token_type"].push_back(1);
        metadata["tokenizer.ggml.token_type"].push_back(1);
    }
    const MemoryCheckpoint checkpoint = gguf(metadata);
    EXPECT_EQ(make_tokenizer(files_of(checkpoint), "files")->encode("the cat"),
              make_tokenizer(checkpoint)->encode("the cat"));
}

TEST(TokenizerFiles, OfAFolderAreItsFilesByteByByte) {
    const TemporaryFolder folder;
    const TokenizerFiles own = files_of(trained("the cat sat on the mat", 262));
    for (const auto& [name, contents] : own.files) std::ofstream(folder / name, std::ios::binary) << contents;
    std::ofstream(folder / "special_tokens_map.json") << "{ \"bos_token\":\n\t\"<|endoftext|>\"}";
    std::ofstream(folder / "model.safetensors") << "weights";
    const TokenizerFiles files = files_of(FolderCheckpoint(folder.path()));
    EXPECT_THAT(files.files,
                ElementsAre(Key("special_tokens_map.json"), Key("tokenizer.json"), Key("tokenizer_config.json")));
    EXPECT_EQ(files.files.at("tokenizer.json"), own.files.at("tokenizer.json"));
    EXPECT_EQ(files.files.at("special_tokens_map.json"), "{ \"bos_token\":\n\t\"<|endoftext|>\"}");
    const TemporaryFolder empty;
    EXPECT_THAT(refusal(FolderCheckpoint(empty.path())), HasSubstr("no tokenizer"));
}

TEST(TokenizerFiles, OfOurOwnKnowTheEndOfTextAndPutNothingAroundAText) {
    const auto tokenizer = make_tokenizer(files_of(trained("the cat sat on the mat", 262)), "own");
    EXPECT_EQ(end_of_text_id(*tokenizer), 0);
    EXPECT_THAT(tokenizer->encode("<|endoftext|>"), ElementsAre(0));
    EXPECT_TRUE(tokenizer->encode("").empty());
    EXPECT_EQ(tokenizer->size(), 262U);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode("the cat\n sat!")), "the cat\n sat!");
}

TEST(TokenizerFiles, TheEndOfTextIsATokenOrNothing) {
    Json metadata = small_metadata();
    EXPECT_EQ(end_of_text_id(*make_tokenizer(gguf(metadata))), std::nullopt);
    metadata["tokenizer.ggml.tokens"][1] = "</s>";
    EXPECT_EQ(end_of_text_id(*make_tokenizer(gguf(metadata))), 1);
}

TEST(TokenizerFiles, HaveAHashOfNamesAndContents) {
    const TokenizerFiles files = {{{"a", "bc"}, {"d", ""}}};
    EXPECT_EQ(files.sha256().size(), 64U);
    EXPECT_EQ(files.sha256(), (TokenizerFiles{{{"d", ""}, {"a", "bc"}}}).sha256());
    EXPECT_NE(files.sha256(), (TokenizerFiles{{{"a", "b"}, {"cd", ""}}}).sha256());
    EXPECT_NE(files.sha256(), (TokenizerFiles{{{"a", "bc"}}}).sha256());
}

TEST(TokenizerFiles, ThatAreBrokenAreRefusedByTheNameOfTheirPlace) {
    try {
        make_tokenizer(TokenizerFiles{{{"tokenizer.json", "{"}}}, "checkpoint-10");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("checkpoint-10"));
    }
}

}  // namespace
}  // namespace gatescope
