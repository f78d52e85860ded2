#include "model/core/index_set.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kLargest = 100000;  // no model has more layers or heads; keeps "0-999999999999" from allocating
constexpr std::size_t kMost = kLargest + 1;  // and "0-9999,0-9999,..."

Failure refused(const std::string& text, const std::string& what) {
    return {FailureKind::kUsage, "\"" + text + "\" is no list of " + what, {}, "write ranges such as 0-3,7"};
}

std::int64_t number(std::string_view text, const std::string& whole, const std::string& what) {
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size() || value < 0 || value > kLargest)
        throw refused(whole, what);
    return value;
}

}  // namespace

IndexSet::IndexSet(std::vector<std::int64_t> indices) : all_(false), indices_(std::move(indices)) {
    std::sort(indices_.begin(), indices_.end());
    indices_.erase(std::unique(indices_.begin(), indices_.end()), indices_.end());
}

IndexSet IndexSet::parse(const std::string& text, const std::string& what) {
    if (text.empty() || text == "all") return {};
    std::vector<std::int64_t> indices;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t comma = std::min(text.find(',', start), text.size());
        const std::string_view part(text.data() + start, comma - start);
        const std::size_t dash = part.find('-');
        const std::int64_t first = number(part.substr(0, dash), text, what);
        const std::int64_t last = dash == std::string_view::npos ? first : number(part.substr(dash + 1), text, what);
        const auto more = static_cast<std::size_t>(last - first + 1);
        if (last < first || indices.size() + more > kMost) throw refused(text, what);
        for (std::int64_t index = first; index <= last; ++index) indices.push_back(index);
        start = comma + 1;
    }
    return IndexSet(std::move(indices));
}

bool IndexSet::contains(std::int64_t index) const {
    return all_ || std::binary_search(indices_.begin(), indices_.end(), index);
}

std::vector<std::int64_t> IndexSet::members(std::int64_t count) const {
    std::vector<std::int64_t> out;
    for (std::int64_t index = 0; index < count; ++index)
        if (contains(index)) out.push_back(index);
    return out;
}

void IndexSet::check(std::int64_t count, const std::string& what) const {
    if (all_ || indices_.empty() || indices_.back() < count) return;
    throw Failure(FailureKind::kUsage, what + " " + std::to_string(indices_.back()) + " does not exist", {},
                  "the model has " + what + " 0-" + std::to_string(count - 1));
}

std::string IndexSet::print() const {
    if (all_) return "";
    std::string out;
    for (std::size_t first = 0; first < indices_.size();) {
        std::size_t last = first;
        while (last + 1 < indices_.size() && indices_[last + 1] == indices_[last] + 1) ++last;
        if (!out.empty()) out += ",";
        out += std::to_string(indices_[first]);
        if (last > first) out += "-" + std::to_string(indices_[last]);
        first = last + 1;
    }
    return out;
}

}  // namespace gatescope
