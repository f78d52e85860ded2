#pragma once
// WordPiece's decoder (tokenizers' decoders/wordpiece): a token that continues a word loses its prefix, any other but
// the first gets a space in front; cleanup then closes the gaps in front of punctuation and contractions.

#include <memory>
#include <string>

#include "model/tokenizer/decoder.h"

namespace gatescope {

class WordPieceDecoder : public Decoder {
  public:
    WordPieceDecoder(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}
    std::unique_ptr<TokenSink> open(TokenSink& next) const override;
    std::string piece(std::string token) const override;

  private:
    class Sink;

    std::string join(std::string token) const;

    std::string prefix_;
    bool cleanup_;
};

}  // namespace gatescope
