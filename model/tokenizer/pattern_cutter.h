#pragma once
// Cuts text by one of the known patterns, which match a piece at every position of every text.

#include <memory>
#include <string>
#include <string_view>

#include "model/tokenizer/pre_tokenizer.h"
#include "model/tokenizer/text_regex.h"

namespace gatescope {

class PatternCutter : public PreTokenizer {
  public:
    // `id` is one of pre_tokenizer_patterns(). Throws Failure(kUnsupported) listing them.
    explicit PatternCutter(const std::string& id);

    // Walks a text's pieces; one for each thread.
    class Cursor {
      public:
        explicit Cursor(const PatternCutter& cutter) : matcher_(cutter.regex_) {}
        // Starts at the beginning of `text`: valid UTF-8 that outlives the walk.
        void begin(std::string_view text) { text_ = text, at_ = 0; }
        // The next piece, empty at the end. Throws Failure(kUnsupported) should the regex engine give up.
        std::string_view next();

      private:
        TextRegex::Matcher matcher_;
        std::string_view text_;
        std::size_t at_ = 0;
    };

    std::unique_ptr<PieceSink> open(PieceSink& next) const override;

  private:
    TextRegex regex_;
};

}  // namespace gatescope
