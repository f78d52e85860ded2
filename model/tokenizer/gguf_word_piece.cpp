// A GGUF file's WordPiece vocabulary (tokenizer.ggml.model "bert"): llama.cpp's converter writes a token that begins a
// word as U+2581 and the token, one that goes on within a word without its "##", and special ones as they are.

#include <nlohmann/json.hpp>

#include "model/tokenizer/bert_pipeline.h"
#include "model/tokenizer/gguf_keys.h"
#include "model/tokenizer/gguf_tokenizer.h"

namespace gatescope {
namespace {

constexpr std::string_view kBeginsWord = "\u2581";

bool is_bracketed(const std::string& token) {
    return token.starts_with('[') && token.ends_with(']');
}

// As vocab.txt would have it.
std::string original(const std::string& token) {
    if (token.empty() || is_bracketed(token)) return token;
    if (token.starts_with(kBeginsWord)) return token.substr(kBeginsWord.size());
    return "##" + token;
}

}  // namespace

PipelineParts make_gguf_word_piece(const nlohmann::json& metadata) {
    const GgufKeys keys(metadata);
    std::vector<std::string> tokens = keys.tokens();
    bool cased = false;
    for (std::string& token : tokens) {
        check_utf8(token, "tokenizer.ggml.tokens");
        token = original(token);
        cased = cased || token == "A";  // the file doesn't say, but an uncased vocabulary has no capitals
    }
    BertOptions options;
    options.normalizer.lowercase = options.normalizer.strip_accents = !cased;
    const auto name = [&](const char* key, std::string& token) {
        if (const auto id = keys.id(key, tokens.size())) token = tokens[static_cast<std::size_t>(*id)];
    };
    name("tokenizer.ggml.unknown_token_id", options.unknown);
    name("tokenizer.ggml.cls_token_id", options.begins);
    name("tokenizer.ggml.bos_token_id", options.begins);
    name("tokenizer.ggml.seperator_token_id", options.ends);  // spelled so in the format
    return bert_parts(std::move(tokens), options, "tokenizer.ggml.tokens");
}

}  // namespace gatescope
