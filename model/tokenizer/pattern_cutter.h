#pragma once
// Cuts text into the pieces that merging never crosses, by a PCRE2 pattern.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace gatescope {

class PatternCutter {
  public:
    // `id` is one of pre_tokenizer_patterns(). Throws Failure(kUnsupported) listing them.
    explicit PatternCutter(const std::string& id);
    ~PatternCutter();
    PatternCutter(const PatternCutter&) = delete;
    PatternCutter& operator=(const PatternCutter&) = delete;

    // Walks a text's pieces; one for each thread.
    class Cursor {
      public:
        explicit Cursor(const PatternCutter& cutter);
        ~Cursor();
        Cursor(const Cursor&) = delete;
        Cursor& operator=(const Cursor&) = delete;
        // Starts at the beginning of `text`: valid UTF-8 that outlives the walk.
        void begin(std::string_view text);
        // The next piece, empty at the end. Throws Failure(kInternal) should the regex engine give up.
        std::string_view next();

      private:
        struct State;
        std::unique_ptr<State> state_;
    };

  private:
    struct Compiled;
    std::unique_ptr<const Compiled> compiled_;
};

}  // namespace gatescope
