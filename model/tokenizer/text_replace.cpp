#include "model/tokenizer/text_replace.h"

#include "model/core/error.h"

namespace gatescope {

void check_growth(std::size_t before, std::size_t now) {
    constexpr std::size_t kMostTimes = 64, kAlways = 4096;
    if (now > kMostTimes * before + kAlways)
        throw Failure(FailureKind::kUnsupported,
                      "makes a text of " + std::to_string(before) + " bytes more than 64 times as long", "tokenizer");
}

std::string replace_all(std::string_view text, std::string_view what, std::string_view by) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0;;) {
        const std::size_t found = text.find(what, at);
        out.append(text.substr(at, found - at));
        if (found == std::string_view::npos) return out;
        out.append(by);
        check_growth(text.size(), out.size());
        at = found + what.size();
    }
}

}  // namespace gatescope
