#include "model/tokenizer/piece_or_id.h"

#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {

std::string piece_or_id(const Tokenizer* tokenizer, std::int32_t id) {
    try {
        if (tokenizer != nullptr) return tokenizer->piece(id);
    } catch (const Failure&) {  // shown as what it is
    }
    return std::to_string(id);
}

}  // namespace gatescope
