#pragma once
// Fourth stage of a tokenizer: the special tokens around a text's ids. All kinds of post-processor come down to this.

#include <cstdint>
#include <optional>
#include <vector>

namespace gatescope {

struct TextEnds {
    std::vector<std::int32_t> before, after;       // always there ([CLS] and [SEP], a BOS)
    std::optional<std::int32_t> bos_unless_there;  // in front of all unless it already stands there
};

}  // namespace gatescope
