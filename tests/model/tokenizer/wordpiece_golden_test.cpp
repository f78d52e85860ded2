// BERT's stages against the tokenizers package, as tests/golden/make_wordpiece_golden.py wrote them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/tokenizer/decoders/word_piece_decoder.h"
#include "model/tokenizer/models/word_piece.h"
#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"
#include "model/tokenizer/utf8.h"
#include "tests/support/golden_text.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;
using Json = nlohmann::json;

// The rule of surroundings() in the script, for kGoldenRun code points.
std::string surroundings(char32_t first) {
    std::string text;
    for (char32_t code_point = first; code_point < first + kGoldenRun; ++code_point) {
        if (code_point >= 0xD800 && code_point < 0xE000) continue;
        std::string c;
        utf8_append(c, code_point);
        text.append(" ").append(c).append("a").append(c).append(c).append("  ").append(c).append("1  ").append(c);
        text.append("'").append(c).append(c).append("'s\u0301").append(c).append("\u0323 E").append(c);
        text.append("\u0327\u0334\n");
    }
    return text;
}

// Collects the pieces, a newline behind each, and their ids.
class Collector : public PieceSink {
  public:
    explicit Collector(TokenModel::Worker& worker) : worker_(worker) {}
    bool take(const Piece& piece) override {
        pieces.append(piece.text).append("\n");
        worker_.append_ids(piece.text, ids);
        return true;
    }
    std::string pieces;
    Ids ids;

  private:
    TokenModel::Worker& worker_;
};

class WordPieceGolden : public testing::TestWithParam<std::size_t> {
  protected:
    static void SetUpTestSuite() {
        std::ifstream file(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "wordpiece.json");
        golden_ = new Json(Json::parse(file));
    }
    static void TearDownTestSuite() { delete golden_; }

    const Json& way() const { return golden_->at("ways").at(GetParam()); }

    Collector cut(std::string text) const {
        make_normalizer(StageJson(way().at("normalizer"), "normalizer"))->apply(text);
        const auto worker = model_.open(nullptr);
        Collector collector(*worker);
        BertPreTokenizer().open(collector)->take({text, true});
        return collector;
    }

    std::string decode(const Ids& ids) const {
        struct Text : TokenSink {
            void take(std::string token) override { joined += token; }
            void finish() override {}
            std::string joined;
        } text;
        const WordPieceDecoder decoder("##", way().at("cleanup").get<bool>());
        const auto decoding = decoder.open(text);
        for (const std::int32_t id : ids) decoding->take(vocabulary_.tokens()[static_cast<std::size_t>(id)]);
        decoding->finish();
        return text.joined;
    }

    static inline Json* golden_ = nullptr;
    Vocabulary vocabulary_{golden_->at("tokens").get<std::vector<std::string>>()};
    WordPiece model_{vocabulary_, {}, "golden"};
};

TEST_P(WordPieceGolden, SmallTextsHaveTheSameIdsAndDecodeTheSame) {
    for (const Json& sample : way().at("texts")) {
        const Ids ids = cut(sample[0].get<std::string>()).ids;
        EXPECT_EQ(ids, sample[1].get<Ids>()) << sample[0];
        EXPECT_EQ(decode(ids), sample[2].get<std::string>());
    }
}

TEST_P(WordPieceGolden, AMegabyteOfMixedTextHasTheSameIdsAndDecodesTheSame) {
    std::ifstream file(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "tokenizer.json");
    const Ids ids = cut(golden_megabyte(Json::parse(file).at("fragments").get<std::vector<std::string>>())).ids;
    const Json& runs = way().at("runs");
    ASSERT_EQ((ids.size() + kGoldenRun - 1) / kGoldenRun, runs.size());
    for (std::size_t run = 0; run < runs.size(); ++run)
        ASSERT_EQ(golden_hash(ids, run * kGoldenRun, (run + 1) * kGoldenRun), runs[run]) << "in run " << run;
    const std::string text = decode(ids);
    EXPECT_EQ(golden_hash(text, 0, text.size()), way().at("decoded"));
}

TEST_P(WordPieceGolden, EveryCodePointIsCutTheSameInEverySurrounding) {
    const Json& runs = way().at("code_points");
    ASSERT_EQ(runs.size() * kGoldenRun, 0x110000U);
    for (std::size_t run = 0; run < runs.size(); ++run) {
        const std::string pieces = cut(surroundings(static_cast<char32_t>(run * kGoldenRun))).pieces;
        EXPECT_EQ(golden_hash(pieces, 0, pieces.size()), runs[run]) << "from U+" << std::hex << run * kGoldenRun;
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, WordPieceGolden, testing::Range<std::size_t>(0, 4));

}  // namespace
}  // namespace gatescope
