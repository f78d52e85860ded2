#include "model/tokenizer/text_replace.h"

namespace gatescope {

std::string replace_all(std::string_view text, std::string_view what, std::string_view by) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0;;) {
        const std::size_t found = text.find(what, at);
        out.append(text.substr(at, found - at));
        if (found == std::string_view::npos) return out;
        out.append(by);
        at = found + what.size();
    }
}

}  // namespace gatescope
