#include "model/tokenizer/byte_pieces.h"

#include <cstdio>

namespace gatescope {

std::vector<std::int32_t> find_byte_pieces(const Vocabulary& vocabulary) {
    std::vector<std::int32_t> ids;
    for (unsigned byte = 0; byte < 256; ++byte) {
        char token[8];
        std::snprintf(token, sizeof token, "<0x%02X>", byte);
        ids.push_back(vocabulary.find(token).value_or(-1));
    }
    return ids;
}

}  // namespace gatescope
