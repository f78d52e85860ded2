#pragma once
// Finds the first of a list of strings in a text: leftmost, then longest.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

class TextMatcher {
  public:
    struct Entry {
        std::string text;  // not empty
        std::int32_t id = -1;
    };
    struct Match {
        std::size_t begin = std::string_view::npos;  // npos: none
        std::size_t length = 0;
        std::int32_t id = -1;
    };

    // Of equal strings the first one counts.
    explicit TextMatcher(std::vector<Entry> entries);

    // The first one in `text` at or after `from`.
    Match find(std::string_view text, std::size_t from) const;

  private:
    Match longest_at(std::string_view text, std::size_t at) const;

    std::vector<Entry> entries_;          // sorted by text, no duplicates
    std::array<bool, 256> begins_one_{};  // by first byte
};

}  // namespace gatescope
