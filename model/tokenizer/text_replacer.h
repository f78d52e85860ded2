#pragma once
// Replace, which stands among the normalizers and the decoders: a pattern's matches become a fixed text.

#include <optional>
#include <string>
#include <string_view>

#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/text_regex.h"

namespace gatescope {

class TextReplacer {
  public:
    // "pattern" and "content" of the stage. Throws Failure(kBadFile) naming the field.
    explicit TextReplacer(const StageJson& stage);
    // What `text`, valid UTF-8, becomes. May be asked from any thread.
    std::string apply(std::string_view text) const;

  private:
    std::string literal_, content_;
    std::optional<TextRegex> regex_;  // else literal_
};

}  // namespace gatescope
