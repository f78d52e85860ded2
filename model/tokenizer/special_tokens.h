#pragma once
// Finds the strings in a text that stand for one token each ("<|im_start|>"): leftmost, then longest.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer/bpe_vocab.h"

namespace gatescope {

class SpecialTokens {
  public:
    struct Match {
        std::size_t begin = std::string_view::npos;  // npos: none
        std::size_t length = 0;
        std::int32_t id = -1;
    };

    explicit SpecialTokens(const BpeVocab& vocab);

    // The first one in `text` at or after `from`.
    Match find(std::string_view text, std::size_t from) const;

  private:
    struct Entry {
        std::string text;
        std::int32_t id;
    };
    Match longest_at(std::string_view text, std::size_t at) const;

    std::vector<Entry> entries_;          // sorted by text, no duplicates
    std::array<bool, 256> begins_one_{};  // by first byte
};

}  // namespace gatescope
