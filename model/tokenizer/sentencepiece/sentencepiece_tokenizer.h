#pragma once
// A tokenizer.model as stages.

#include "model/tokenizer/pipeline_tokenizer.h"
#include "model/tokenizer/sentencepiece/sentencepiece_file.h"

namespace gatescope {

// Whose rules a folder asks for: transformers' LlamaTokenizer and GemmaTokenizer take only the pieces from the file and
// have a normalizer of their own.
enum class SentencePieceRules { kAsTheFileSays, kLlama, kGemma };

struct SentencePieceOptions {
    SentencePieceRules rules = SentencePieceRules::kAsTheFileSays;
    bool add_prefix_space = true;  // LlamaTokenizer's own options
    bool legacy = false;           // a prefix space behind every special token too
};

// Ids equal to SentencePiece's own, or to those of transformers' class. Control symbols and the unknown one are special
// tokens, user-defined symbols added ones. No BOS. Throws Failure(kUnsupported) naming what it can't do: models of
// words or characters, spaces as suffixes.
PipelineParts sentencepiece_parts(const SentencePieceFile& model, const SentencePieceOptions& options);

}  // namespace gatescope
