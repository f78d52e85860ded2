#include "captures/piece_text.h"

#include "model/tokenizer/tokenizer.h"

namespace gatescope {

std::string piece_text(const std::string& bytes) {
    std::string out = replace_invalid_utf8(bytes);
    for (std::size_t at = 0; (at = out.find('\0', at)) != std::string::npos;) out.replace(at, 1, "\xEF\xBF\xBD");
    return out;
}

}  // namespace gatescope
