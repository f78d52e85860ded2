#include "model/tokenizer/sentencepiece/sentencepiece_tokenizer.h"

#include "model/core/error.h"
#include "model/tokenizer/models/character_bpe.h"
#include "model/tokenizer/sentencepiece/piece_merges.h"
#include "model/tokenizer/sentencepiece/sentencepiece_normalizer.h"
#include "model/tokenizer/sentencepiece/space_stages.h"
#include "model/tokenizer/sentencepiece/unigram.h"

namespace gatescope {
namespace {

using ModelType = SentencePieceFile::ModelType;

void refuse_what_is_not_done(const SentencePieceFile& model) {
    const bool words = model.model_type == ModelType::kWord;
    if (words || model.model_type == ModelType::kChar)
        throw Failure(FailureKind::kUnsupported, std::string("is a model of ") + (words ? "words" : "characters"),
                      "trainer_spec model_type", "known: BPE, unigram");
    if (model.space_is_suffix)
        throw Failure(FailureKind::kUnsupported, "spaces are suffixes", "trainer_spec treat_whitespace_as_suffix",
                      "known: prefixes");
}

std::vector<AddedToken> added_tokens(const SentencePieceFile& model) {
    std::vector<AddedToken> added;
    for (std::size_t id = 0; id < model.pieces.size(); ++id) {
        const PieceType type = model.types[id];
        const bool special = type == PieceType::kControl || type == PieceType::kUnknown;
        if (special || type == PieceType::kUserDefined)
            added.push_back({.content = model.pieces[id], .id = static_cast<std::int32_t>(id), .special = special});
    }
    return added;
}

void set_model(const SentencePieceFile& model, bool by_position, PipelineParts& parts) {
    if (model.model_type == ModelType::kUnigram) {
        parts.kind = "SentencePiece unigram";
        parts.model = std::make_unique<Unigram>(model, *parts.vocabulary);
        return;
    }
    CharacterBpeOptions options;
    options.unknown = model.pieces[static_cast<std::size_t>(model.unknown)];
    options.fuse_unknown = true;
    options.byte_fallback = model.byte_fallback;
    parts.kind = "SentencePiece BPE";
    parts.model = std::make_unique<CharacterBpe>(
        parts.vocabulary, by_position ? merges_by_position(model.pieces) : merges_by_score(model.pieces, model.scores),
        options);
}

}  // namespace

PipelineParts sentencepiece_parts(const SentencePieceFile& model, const SentencePieceOptions& options) {
    refuse_what_is_not_done(model);
    // transformers' classes are BPE whatever the file holds, which no unigram model means.
    const bool by_file = options.rules == SentencePieceRules::kAsTheFileSays || model.model_type == ModelType::kUnigram;
    const bool llama = options.rules == SentencePieceRules::kLlama;
    PipelineParts parts;
    parts.vocabulary = std::make_shared<const Vocabulary>(model.pieces);
    parts.added = added_tokens(model);
    set_model(model, !by_file, parts);
    if (by_file) {
        parts.normalizer = std::make_unique<SentencePieceNormalizer>(model);
        if (model.add_dummy_prefix) parts.pre_tokenizer = std::make_unique<DummyPrefix>(spelled_space(model));
    } else if (llama) {
        parts.pre_tokenizer = make_metaspace(!options.add_prefix_space ? "never" : options.legacy ? "always" : "first");
    } else {
        parts.normalizer = make_space_normalizer(false);
    }
    parts.decoder = make_space_decoder(by_file ? model.add_dummy_prefix : llama && options.add_prefix_space);
    return parts;
}

}  // namespace gatescope
