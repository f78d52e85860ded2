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
    std::string kind;                              // "byte-level BPE"
    std::shared_ptr<const Vocabulary> vocabulary;  // the model's tokens
    std::vector<AddedToken> added;                 // ids within the vocabulary, or right behind it
    std::unique_ptr<Normalizer> normalizer;        // nullptr: the text as it is
    std::unique_ptr<PreTokenizer> pre_tokenizer;   // nullptr: a stretch is one piece
    std::unique_ptr<TokenModel> model;
    TextEnds ends;
    std::unique_ptr<Decoder> decoder;  // nullptr: tokens are joined by spaces
};

class PipelineTokenizer : public Tokenizer {
  public:
    // Throws Failure(kBadFile) when an id of the ends is outside the vocabulary.
    explicit PipelineTokenizer(PipelineParts parts);

    std::vector<std::int32_t> encode(std::string_view text, std::size_t at_least, JobContext* job) const override;
    std::string piece(std::int32_t id) const override;
    std::string decode(const std::vector<std::int32_t>& ids) const override;
    std::size_t size() const override { return size_; }
    std::string kind() const override { return parts_.kind; }
    Ends ends() const override;

  private:
    class Encoding;

    const std::string& token(std::int32_t id) const;  // throws Failure(kUsage) for an id that isn't there

    PipelineParts parts_;  // but for `added`
    AddedTokens added_;
    std::size_t size_;
};

}  // namespace gatescope
