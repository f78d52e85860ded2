#include "app/cli/visible.h"

#include <nlohmann/json.hpp>

#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

// JSON lets DEL and the C1 controls through, by which some terminals are told to move and to answer.
std::string without_controls(const std::string& text) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string out;
    const auto escape = [&out](unsigned char code) {
        out += "\\u00";
        out += kDigits[code >> 4];
        out += kDigits[code & 0xF];
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto code = static_cast<unsigned char>(text[at]);
        const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
        if (code == 0x7F) {
            escape(code);
        } else if (code == 0xC2 && next >= 0x80 && next < 0xA0) {
            escape(next);
            ++at;
        } else {
            out += text[at];
        }
    }
    return out;
}

}  // namespace

std::string visible(const std::string& piece) {
    const std::string quoted = nlohmann::json(replace_invalid_utf8(piece)).dump();
    return without_controls(quoted.substr(1, quoted.size() - 2));
}

}  // namespace gatescope
