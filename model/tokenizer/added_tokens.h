#pragma once
// Finds the strings in a text that stand for one token each, special ("<|im_start|>") or not, as AddedVocabulary of the
// tokenizers package does: leftmost, then longest; those that are not `normalized` before the normalizer, the others
// after it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/tokenizer/normalizer.h"
#include "model/tokenizer/text_matcher.h"

namespace gatescope {

struct AddedToken {
    std::string content;  // not empty
    std::int32_t id = -1;
    bool special = false;
    bool single_word = false;  // only where no word character stands beside it
    bool lstrip = false;       // takes the white space before it along
    bool rstrip = false;       // ... behind it
    bool normalized = false;   // looked for in the normalised text, and itself normalised
    std::string spelled = {};  // what is looked for, and decoded: filled in by AddedTokens
};

class AddedTokens {
  public:
    enum class Where { kRawText, kNormalizedText };
    struct Part {
        std::string_view text;
        const AddedToken* token = nullptr;  // nullptr: text without any
    };

    // `normalizer` may be nullptr.
    AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer);
    AddedTokens(const AddedTokens&) = delete;  // the lists point into the tokens
    AddedTokens& operator=(const AddedTokens&) = delete;

    // The one with that id, or nullptr.
    const AddedToken* find(std::int32_t id) const;
    // One more than the largest id, 0 without tokens.
    std::size_t ids_end() const { return ids_end_; }

    // Walks a text's parts in order: none is empty but a token's.
    class Cursor {
      public:
        Cursor(const AddedTokens& tokens, Where where, std::string_view text);
        std::optional<Part> next();

      private:
        bool advance();

        const AddedTokens* tokens_;
        const TextMatcher* matcher_;
        std::string_view text_;
        std::size_t searched_ = 0, done_ = 0;  // looked for tokens up to, handed out up to
        std::optional<Part> waiting_;          // a token behind the text just handed out
    };

  private:
    TextMatcher matcher_of(bool normalized) const;

    std::vector<AddedToken> tokens_;
    std::unordered_map<std::int32_t, const AddedToken*> by_id_;
    std::size_t ids_end_ = 0;
    TextMatcher raw_, normalized_;
};

}  // namespace gatescope
