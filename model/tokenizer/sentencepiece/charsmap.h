#pragma once
// A SentencePiece model's precompiled_charsmap: which characters are rewritten before cutting (nmt_nfkc and the like).
// A Darts-clone double array finds them, the strings they become lie behind it, each ended by a zero byte.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

class Charsmap {
  public:
    // `bytes` as the file has them; empty: nothing is rewritten. Throws Failure(kBadFile) when they are cut short or
    // what characters become is no UTF-8.
    explicit Charsmap(std::string_view bytes);

    struct Match {
        std::size_t length = 0;  // bytes of the text that are rewritten; 0: none
        std::string_view becomes;
    };
    // The longest one that `text` begins with. Throws Failure(kBadFile) where the map leads nowhere.
    Match longest(std::string_view text) const;

  private:
    std::uint32_t unit(std::size_t at) const;
    std::string_view string_at(std::size_t offset) const;

    std::vector<std::uint32_t> units_;
    std::string strings_;
};

}  // namespace gatescope
