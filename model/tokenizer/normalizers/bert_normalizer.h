#pragma once
// BERT's normalizer (tokenizers' normalizers/bert): control characters out, every white space a space, spaces around
// Chinese characters, accents stripped, lower case; each of them where it is asked for.

#include <string>

#include "model/tokenizer/normalizer.h"

namespace gatescope {

struct BertNormalizerOptions {
    bool clean_text = true;
    bool handle_chinese_chars = true;
    bool strip_accents = true;  // a file that leaves it open means what it says of lowercase
    bool lowercase = true;
};

class BertNormalizer : public Normalizer {
  public:
    explicit BertNormalizer(const BertNormalizerOptions& options) : options_(options) {}
    void apply(std::string& text) const override;

  private:
    BertNormalizerOptions options_;
};

}  // namespace gatescope
