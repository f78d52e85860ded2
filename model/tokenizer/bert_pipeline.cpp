#include "model/tokenizer/bert_pipeline.h"

#include "model/core/error.h"
#include "model/tokenizer/decoders/word_piece_decoder.h"
#include "model/tokenizer/models/word_piece.h"
#include "model/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"

namespace gatescope {
namespace {

constexpr char kContinues[] = "##";

std::int32_t require(const Vocabulary& vocabulary, const std::string& token, const std::string& where) {
    const auto id = vocabulary.find(token);
    if (!id)
        throw Failure(FailureKind::kBadFile, "the special token \"" + token + "\" is not in the vocabulary", where);
    return *id;
}

}  // namespace

PipelineParts bert_parts(std::vector<std::string> tokens, const BertOptions& options, const std::string& where) {
    PipelineParts parts;
    parts.kind = "WordPiece";
    parts.vocabulary = std::make_shared<const Vocabulary>(std::move(tokens));
    const Vocabulary& vocabulary = *parts.vocabulary;
    WordPieceOptions model;
    model.unknown = options.unknown;
    model.continuing_prefix = kContinues;
    parts.model = std::make_unique<WordPiece>(vocabulary, model, where);
    parts.ends.before = {require(vocabulary, options.begins, where)};
    parts.ends.after = {require(vocabulary, options.ends, where)};
    std::vector<std::string> specials = options.others;
    specials.insert(specials.begin(), {options.unknown, options.begins, options.ends});
    for (const std::string& token : specials)
        if (const auto id = vocabulary.find(token))
            parts.added.push_back({.content = token, .id = *id, .special = true});
    parts.normalizer = std::make_unique<BertNormalizer>(options.normalizer);
    parts.pre_tokenizer = std::make_unique<BertPreTokenizer>();
    parts.decoder = std::make_unique<WordPieceDecoder>(kContinues, true);
    return parts;
}

}  // namespace gatescope
