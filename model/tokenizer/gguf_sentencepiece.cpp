// A GGUF file's SentencePiece vocabulary (tokenizer.ggml.model "llama"), as llama.cpp's llm_tokenizer_spm cuts text.

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/gguf_keys.h"
#include "model/tokenizer/gguf_tokenizer.h"
#include "model/tokenizer/models/character_bpe.h"
#include "model/tokenizer/sentencepiece/piece_merges.h"
#include "model/tokenizer/sentencepiece/space_stages.h"

namespace gatescope {
namespace {

constexpr char kScores[] = "tokenizer.ggml.scores";

// Control, user-defined and unknown tokens stand for themselves wherever a text has them.
std::vector<AddedToken> added_tokens(const std::vector<std::string>& tokens, const std::vector<GgufTokenType>& types) {
    std::vector<AddedToken> added;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const bool special = types[id] == GgufTokenType::kControl || types[id] == GgufTokenType::kUnknown;
        if (tokens[id].empty() || (!special && types[id] != GgufTokenType::kUserDefined)) continue;
        added.push_back({.content = tokens[id], .id = static_cast<std::int32_t>(id), .special = special});
    }
    return added;
}

std::unique_ptr<TokenModel> bpe(const GgufKeys& keys, const std::shared_ptr<const Vocabulary>& vocabulary) {
    const std::vector<std::string>& tokens = vocabulary->tokens();
    const std::vector<float> scores = keys.numbers(kScores, tokens.size());
    if (scores.empty()) throw Failure(FailureKind::kNotFound, "the metadata lack this key", kScores);
    CharacterBpeOptions options;
    options.byte_fallback = true;
    options.fuse_unknown = true;
    if (const auto unknown = keys.id("tokenizer.ggml.unknown_token_id", tokens.size()))
        options.unknown = tokens[static_cast<std::size_t>(*unknown)];
    return std::make_unique<CharacterBpe>(vocabulary, merges_by_score(tokens, scores), options);
}

}  // namespace

PipelineParts make_gguf_sentencepiece(const nlohmann::json& metadata) {
    const GgufKeys keys(metadata);
    std::vector<std::string> tokens = keys.tokens();
    for (std::size_t id = 0; id < tokens.size(); ++id)
        check_utf8(tokens[id], "tokenizer.ggml.tokens[" + std::to_string(id) + "]");
    const bool prefix = keys.flag("tokenizer.ggml.add_space_prefix", true);
    PipelineParts parts;
    parts.kind = "SentencePiece BPE";
    parts.added = added_tokens(tokens, keys.token_types(tokens.size()));
    parts.vocabulary = std::make_shared<const Vocabulary>(std::move(tokens));
    parts.model = bpe(keys, parts.vocabulary);
    // llama.cpp puts the space in front of whatever follows a special token, and a BOS unless the file says no.
    parts.normalizer = make_space_normalizer(prefix);
    parts.decoder = make_space_decoder(prefix);
    if (keys.flag("tokenizer.ggml.add_bos_token", true))
        parts.ends.bos_unless_there = keys.id("tokenizer.ggml.bos_token_id", parts.vocabulary->size());
    return parts;
}

}  // namespace gatescope
