#pragma once
// SentencePiece's own normalizer (normalizer.cc): characters rewritten by the model's map, spaces collapsed and
// escaped. The space in front of a text is DummyPrefix's, since only the whole text has it.

#include <memory>
#include <string>

#include "model/tokenizer/normalizer.h"
#include "model/tokenizer/pre_tokenizer.h"
#include "model/tokenizer/sentencepiece/charsmap.h"
#include "model/tokenizer/sentencepiece/sentencepiece_file.h"

namespace gatescope {

class SentencePieceNormalizer : public Normalizer {
  public:
    explicit SentencePieceNormalizer(const SentencePieceFile& model);
    void apply(std::string& text) const override;

  private:
    Charsmap charsmap_;
    std::string space_;  // how a space is spelled
    bool collapses_;
};

// Puts `prefix` in front of the piece that begins where the whole text begins.
class DummyPrefix : public PreTokenizer {
  public:
    explicit DummyPrefix(std::string prefix) : prefix_(std::move(prefix)) {}
    std::unique_ptr<PieceSink> open(PieceSink& next) const override;

  private:
    std::string prefix_;
};

// How the model spells a space.
std::string spelled_space(const SentencePieceFile& model);

}  // namespace gatescope
