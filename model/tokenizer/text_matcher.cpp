#include "model/tokenizer/text_matcher.h"

#include <algorithm>

namespace gatescope {

TextMatcher::TextMatcher(std::vector<Entry> entries) : entries_(std::move(entries)) {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.text < b.text; });
    const auto same = [](const Entry& a, const Entry& b) { return a.text == b.text; };
    entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
    for (const Entry& entry : entries_) begins_one_[static_cast<std::uint8_t>(entry.text.front())] = true;
}

TextMatcher::Match TextMatcher::find(std::string_view text, std::size_t from) const {
    if (entries_.empty()) return {};
    for (std::size_t at = from; at < text.size(); ++at) {
        if (!begins_one_[static_cast<std::uint8_t>(text[at])]) continue;
        const Match match = longest_at(text, at);
        if (match.id >= 0) return match;
    }
    return {};
}

// Narrows the sorted entries byte by byte to those that begin as the text does; one that ends there comes first.
TextMatcher::Match TextMatcher::longest_at(std::string_view text, std::size_t at) const {
    Match longest;
    auto first = entries_.begin(), last = entries_.end();
    for (std::size_t depth = 0; first != last; ++depth) {
        if (first->text.size() == depth) {
            longest = {at, depth, first->id};
            ++first;
        }
        if (at + depth >= text.size()) break;
        const char byte = text[at + depth];
        // Every entry left is longer than `depth`; std::string orders bytes as unsigned.
        const auto less = [&](const Entry& entry, char b) {
            return static_cast<std::uint8_t>(entry.text[depth]) < static_cast<std::uint8_t>(b);
        };
        const auto greater = [&](char b, const Entry& entry) {
            return static_cast<std::uint8_t>(b) < static_cast<std::uint8_t>(entry.text[depth]);
        };
        first = std::lower_bound(first, last, byte, less);
        last = std::upper_bound(first, last, byte, greater);
    }
    return longest;
}

}  // namespace gatescope
