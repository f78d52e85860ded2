#include "model/core/error.h"

#include <utility>

namespace gatescope {

std::string one_line(const std::string& text, std::size_t longest) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
    if (out.size() <= longest) return out;
    const std::size_t half = longest / 2;
    return out.substr(0, half) + " ... " + out.substr(out.size() - half);
}

Failure::Failure(FailureKind kind, std::string what, std::string where, std::string hint)
    : kind_(kind), fault_(std::move(what)), where_(std::move(where)), hint_(std::move(hint)) {
    std::string line = where_.empty() ? fault_ : where_ + ": " + fault_;
    if (!hint_.empty()) line += "; " + hint_;
    line_ = one_line(line);
}

Failure Failure::at(const std::string& prefix) const {
    return {kind_, fault_, where_.empty() ? prefix : prefix + ": " + where_, hint_};
}

}  // namespace gatescope
