#pragma once
// BERT's pre-tokenizer (tokenizers' pre_tokenizers/bert): cuts at white space, which it drops, and makes every
// punctuation mark a piece of its own.

#include <memory>

#include "model/tokenizer/pre_tokenizer.h"

namespace gatescope {

class BertPreTokenizer : public PreTokenizer {
  public:
    std::unique_ptr<PieceSink> open(PieceSink& next) const override;
};

}  // namespace gatescope
