#include "app/window/typed_lists.h"

#include <algorithm>
#include <charconv>

#include "app/window/widgets/text.h"

namespace gatescope {

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::vector<std::string> split_typed(const std::string& text, const std::string& at) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find_first_of(at, from), text.size());
        const std::string part = trimmed(text.substr(from, to - from));
        if (!part.empty()) out.push_back(part);
        from = to + 1;
    }
    return out;
}

std::vector<std::int64_t> read_seeds(const std::string& typed, FieldErrors& errors) {
    std::vector<std::int64_t> out;
    for (const std::string& word : split_typed(typed, ", ")) {
        std::int64_t seed = 0;
        const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), seed);
        if (problem != std::errc() || end != word.data() + word.size() || seed < 0) {
            errors["seeds"] = "\"" + shortened(word, 16) + "\": whole numbers from 0, as in 0,1,2";
            return out;
        }
        if (std::find(out.begin(), out.end(), seed) == out.end()) out.push_back(seed);
    }
    return out;
}

}  // namespace gatescope
