// The BPE trainer against that of the `tokenizers` package, as tests/golden/make_bpe_golden.py wrote it down.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/tokenizer/tokenizer_files.h"
#include "model/tokenizer/train/bpe_trainer.h"
#include "tests/support/golden_text.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Json golden() {
    std::ifstream file(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "bpe.json");
    return Json::parse(file);
}

TrainedBpe train(const std::vector<std::string>& texts, std::int64_t size) {
    JobContext job;
    const std::vector<std::string_view> documents(texts.begin(), texts.end());
    return train_bpe(documents, size, job);
}

std::string hash_of_lines(const Pairs& pairs) {
    std::string lines;
    for (const auto& [left, right] : pairs) lines.append(left).append(" ").append(right).append("\n");
    return golden_hash(lines, 0, lines.size());
}

std::vector<std::string> sample_documents() {
    std::ifstream file(std::filesystem::path(GATESCOPE_SAMPLE_DIR) / "wikipedia-train.txt", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find("\n\n\n", at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 3;
    }
    return out;
}

TEST(BpeGolden, EveryMergeOfSmallTextsIsTheSame) {
    const Json expected = golden();
    EXPECT_EQ(train(expected["texts"], expected["size"]).merges, expected["merges"].get<Pairs>());
}

TEST(BpeGolden, TheMergesOfTheSampleTextAreTheSameAtEverySize) {
    const Json expected = golden();
    const std::vector<std::string> documents = sample_documents();
    ASSERT_GT(documents.size(), 50U) << "run scripts/setup";
    TrainedBpe bpe;
    for (std::size_t n = 0; n < expected["sizes"].size(); ++n) {
        bpe = train(documents, expected["sizes"][n]);
        EXPECT_EQ(hash_of_lines(bpe.merges), expected["hashes"][n]) << expected["sizes"][n];
    }
    Pairs tokens;
    for (std::size_t id = 0; id < bpe.vocabulary.size(); ++id)
        tokens.emplace_back(bpe.vocabulary[id], std::to_string(id));
    EXPECT_EQ(hash_of_lines(tokens), expected["vocabulary"]);
    const auto ids = make_tokenizer(files_of(bpe), "own")->encode(documents.front());
    EXPECT_EQ(golden_hash(ids, 0, ids.size()), expected["ids"]);
}

// Whose ids are the `tokenizers` package's (tokenizer_golden_test.cpp).
TEST(BpeGolden, TheSampleModelsTokenizerWrittenAsFilesGivesTheSameIds) {
    const std::filesystem::path sample(GATESCOPE_SAMPLE_DIR);
    const auto checkpoint = open_checkpoint(sample / "SmolLM2-135M-Instruct.Q4_1.gguf");
    const auto own = make_tokenizer(*checkpoint);
    const auto made = make_tokenizer(files_of(*checkpoint), "files");
    ASSERT_EQ(made->size(), own->size());
    EXPECT_EQ(end_of_text_id(*made), 0);
    for (const std::string& document : sample_documents()) ASSERT_EQ(made->encode(document), own->encode(document));
}

}  // namespace
}  // namespace gatescope
