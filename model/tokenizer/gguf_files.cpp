#include "model/tokenizer/gguf_files.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/byte_level_json.h"
#include "model/tokenizer/gguf_keys.h"
#include "model/tokenizer/gguf_vocab.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

constexpr char kModel[] = "tokenizer.ggml.model";
constexpr char kChatTemplate[] = "tokenizer.chat_template";

}  // namespace

TokenizerFiles files_of_gguf(const nlohmann::json& metadata) {
    const GgufKeys keys(metadata);
    if (const std::string& kind = keys.string(kModel); kind != "gpt2")
        throw Failure(FailureKind::kUnsupported,
                      "a tokenizer of kind \"" + kind + "\" can't be written as a tokenizer.json", kModel,
                      "only byte-level BPE (\"gpt2\") can; the model's Hugging Face folder has its files");
    BpeVocab vocab = read_gguf_vocab(metadata);
    const std::size_t count = vocab.tokens.size();
    ByteLevelJson parts;
    for (const BpeMerge& merge : vocab.merges)
        parts.merges.emplace_back(vocab.tokens[static_cast<std::size_t>(merge.left)],
                                  vocab.tokens[static_cast<std::size_t>(merge.right)]);
    parts.specials = std::move(vocab.specials);
    parts.pre = vocab.pre;
    if (vocab.bos) parts.front = {*vocab.bos};
    parts.bos = keys.id("tokenizer.ggml.bos_token_id", count);
    parts.eos = keys.id("tokenizer.ggml.eos_token_id", count);
    parts.unknown = keys.id("tokenizer.ggml.unknown_token_id", count);
    parts.pad = keys.id("tokenizer.ggml.padding_token_id", count);
    if (parts.eos && keys.flag("tokenizer.ggml.add_eos_token", false)) parts.back = {*parts.eos};
    // Tokens that are no UTF-8 are outside the byte alphabet: no text ever gives them, and JSON can't hold them.
    for (std::string& token : vocab.tokens) parts.tokens.push_back(replace_invalid_utf8(token));
    if (metadata.contains(kChatTemplate) && metadata.at(kChatTemplate).is_string())
        parts.chat_template = replace_invalid_utf8(keys.string(kChatTemplate));
    return byte_level_files(parts);
}

}  // namespace gatescope
