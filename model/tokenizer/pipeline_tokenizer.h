#pragma once
// A tokenizer made of stages: added tokens -> normalizer -> added tokens that are normalised -> pre-tokenizer -> model
// -> ends; a decoder for the way back. Every source (tokenizer.json, vocab.json + merges.txt, vocab.txt,
// tokenizer.model, GGUF) comes down to a PipelineParts.

#include <memory>
#include <string>
#include <vector>

#include "model/tokenizer/added_tokens.h"
#include "model/tokenizer/decoder.h"
#include "model/tokenizer/normalizer.h"
#include "model/tokenizer/pre_tokenizer.h"
#include "model/tokenizer/text_ends.h"
#include "model/tokenizer/token_model.h"
#include "model/tokenizer/tokenizer.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

struct PipelineParts {
    std::string kind;                              // "BPE, byte-level"
    std::shared_ptr<const Vocabulary> vocabulary;  // the model's tokens
    std::vector<AddedToken> added;                 // ids within the vocabulary, or right behind it
    std::unique_ptr<Normalizer> normalizer;        // nullptr: the text as it is
    std::unique_ptr<PreTokenizer> pre_tokenizer;   // nullptr: a stretch is one piece
    std::unique_ptr<TokenModel> model;
    TextEnds ends;
    std::unique_ptr<Decoder> decoder;  // nullptr: tokens are joined by spaces
};

}  // namespace gatescope
