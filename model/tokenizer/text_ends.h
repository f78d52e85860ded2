#pragma once
// Fourth stage of a tokenizer: the special tokens around a text's ids. All kinds of post-processor come down to this.

#include <cstdint>
#include <optional>
#include <vector>

namespace gatescope {

struct TextEnds {
    std::vector<std::int32_t> before, after;       // always there ([CLS] and [SEP], a BOS)
    std::optional<std::int32_t> bos_unless_there;  // in front of all unless it already stands there

    // What an empty text has in front.
    std::vector<std::int32_t> front() const {
        std::vector<std::int32_t> ids = before;
        if (bos_unless_there && (ids.empty() || ids.front() != *bos_unless_there))
            ids.insert(ids.begin(), *bos_unless_there);
        return ids;
    }

    // Puts more tokens around what is here.
    void wrap(const std::vector<std::int32_t>& left, const std::vector<std::int32_t>& right) {
        before.insert(before.begin(), left.begin(), left.end());
        after.insert(after.end(), right.begin(), right.end());
    }
};

}  // namespace gatescope
