#pragma once
// Byte-level BPE: special tokens are cut out, the rest is cut into pieces, each piece is merged by itself.

#include "model/tokenizer/byte_level_bpe.h"
#include "model/tokenizer/pattern_cutter.h"
#include "model/tokenizer/special_tokens.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {

class BpeTokenizer : public Tokenizer {
  public:
    // Throws Failure(kUnsupported) when vocab.pre is unknown.
    explicit BpeTokenizer(const BpeVocab& vocab);

    std::vector<std::int32_t> encode(std::string_view text, std::size_t at_least, JobContext* job) const override;
    std::string piece(std::int32_t id) const override;
    std::string decode(const std::vector<std::int32_t>& ids) const override;
    std::size_t size() const override { return pieces_.size(); }
    std::string kind() const override { return "BPE"; }
    bool adds_bos() const override { return bos_.has_value(); }

  private:
    class Encoding;

    std::vector<std::string> pieces_;  // bytes by id
    std::optional<std::int32_t> bos_;
    SpecialTokens specials_;
    PatternCutter pre_tokenizer_;
    ByteLevelBpe bpe_;
};

}  // namespace gatescope
