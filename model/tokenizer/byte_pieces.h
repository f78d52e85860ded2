#pragma once
// The tokens that stand for single bytes of characters that are no token: "<0x41>".

#include <cstdint>
#include <vector>

#include "model/tokenizer/vocabulary.h"

namespace gatescope {

// [256] the id of each byte's token, -1 where there is none.
std::vector<std::int32_t> find_byte_pieces(const Vocabulary& vocabulary);

}  // namespace gatescope
