#pragma once
// Cuts pieces by a pattern, in one of the ways of SplitBehavior.

#include <memory>
#include <string>

#include "model/tokenizer/pre_tokenizer.h"
#include "model/tokenizer/pre_tokenizers/spans.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/text_regex.h"

namespace gatescope {

class SplitPreTokenizer : public PreTokenizer {
  public:
    // `invert`: what the pattern doesn't match counts as the match.
    SplitPreTokenizer(TextRegex regex, SplitBehavior behavior, bool invert = false)
        : regex_(std::move(regex)), behavior_(behavior), invert_(invert) {}

    std::unique_ptr<PieceSink> open(PieceSink& next) const override;

  private:
    class Sink;

    TextRegex regex_;
    SplitBehavior behavior_;
    bool invert_;
};

// The behavior that the field names. Throws Failure(kBadFile) listing the known ones.
SplitBehavior read_behavior(const StageJson& stage, const char* field, const std::string& otherwise);

}  // namespace gatescope
