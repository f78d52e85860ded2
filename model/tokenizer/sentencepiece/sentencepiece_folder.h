#pragma once
// A Hugging Face folder whose tokenizer is a SentencePiece model: tokenizer.model, with tokenizer_config.json and
// added_tokens.json beside it.
//
// The rules are transformers' where the folder names a class that has its own, LlamaTokenizer or GemmaTokenizer (or,
// naming none, holds a Gemma), and SentencePiece's own everywhere else. There transformers 5.23 differs: without a
// class, and for a Mistral that names LlamaTokenizer, it rebuilds the tokenizer in a way that forgets the model's
// add_dummy_prefix (SpmConverter.build_tokenizer_from_spm_proto), so that a text's first word loses the space it was
// trained with. SentencePiece, llama.cpp and transformers 4 keep it, and so does this. A character that has neither a
// piece nor byte pieces is the unknown token, as in SentencePiece; transformers' LlamaTokenizer leaves it out.

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/tokenizer.h"

namespace gatescope {

// `config` is the folder's config.json. Throws Failure naming the file.
std::unique_ptr<Tokenizer> open_sentencepiece(const std::filesystem::path& folder, const nlohmann::json& config);

}  // namespace gatescope
