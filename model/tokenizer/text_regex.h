#pragma once
// A compiled PCRE2 pattern, and its use on text. A pattern that backtracks without end gives up with a Failure.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gatescope {

struct RegexOptions {
    bool anchored = false;          // matches only where the search begins
    std::uint32_t match_limit = 0;  // steps of backtracking for one match; 0: as many as there can be
};

class TextRegex {
  public:
    // `pattern` in PCRE2's syntax, `where` as messages name it. Throws Failure(kBadFile) when it doesn't compile.
    TextRegex(const std::string& pattern, const std::string& where, RegexOptions options = {});
    ~TextRegex();
    TextRegex(TextRegex&&) noexcept;
    TextRegex& operator=(TextRegex&&) noexcept;

    struct Span {
        std::size_t begin = 0, end = 0;
    };

    // Searches in one thread.
    class Matcher {
      public:
        explicit Matcher(const TextRegex& regex);
        ~Matcher();
        Matcher(const Matcher&) = delete;
        Matcher& operator=(const Matcher&) = delete;
        // The first match at or after `from` in valid UTF-8. Throws Failure(kUnsupported) should it take too long.
        std::optional<Span> find(std::string_view text, std::size_t from);

      private:
        struct State;
        const TextRegex* regex_;
        std::unique_ptr<State> state_;
    };

  private:
    struct Compiled;
    std::unique_ptr<const Compiled> compiled_;
    std::string where_;
    std::uint32_t match_limit_;
};

// All matches in a text as the tokenizers package walks them: an empty one right behind another match doesn't count.
class RegexWalk {
  public:
    // `text`: valid UTF-8 that outlives the walk, as the regex and the matcher do.
    RegexWalk(TextRegex::Matcher& matcher, std::string_view text) : matcher_(&matcher), text_(text) {}
    std::optional<TextRegex::Span> next();

  private:
    TextRegex::Matcher* matcher_;
    std::string_view text_;
    std::size_t from_ = 0;
    std::optional<std::size_t> last_end_;
};

}  // namespace gatescope
