#include "model/tokenizer/train/pair_merges.h"

#include <algorithm>
#include <limits>

#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int32_t kGone = -1;
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kPlacesBetweenTicks = 1U << 14U;

}  // namespace

PairMerges::PairMerges(std::span<const WordCount> words, std::span<const std::int32_t> id_of_byte, JobContext& job) {
    std::size_t bytes = 0;
    for (const WordCount& word : words) bytes += word.word.size();
    if (bytes >= kNone)
        throw Failure(FailureKind::kUnsupported, "the different words have 4 GiB or more", "data.text",
                      "train the tokenizer on fewer texts");
    symbols_.reserve(bytes);
    counts_.reserve(words.size());
    for (std::size_t index = 0; index < words.size(); ++index) {
        if (index % kPlacesBetweenTicks == 0) job.tick();
        add_word(words[index], static_cast<std::uint32_t>(index), id_of_byte);
    }
    fresh_.reserve(pairs_.size());
    for (const auto& [pair, places] : pairs_) fresh_.push_back(pair);  // the queue's order doesn't depend on this one
    propose();
}

void PairMerges::add_word(const WordCount& word, std::uint32_t index, std::span<const std::int32_t> id_of_byte) {
    counts_.push_back(word.count);
    const auto first = static_cast<std::uint32_t>(symbols_.size());
    const auto last = first + static_cast<std::uint32_t>(word.word.size()) - 1;
    for (std::uint32_t at = first; at <= last; ++at) {
        const auto byte = static_cast<unsigned char>(word.word[at - first]);
        symbols_.push_back({id_of_byte[byte], at == first ? kNone : at - 1, at == last ? kNone : at + 1, index});
    }
    for (std::uint32_t left = first; left < last; ++left) {
        Places& places = pairs_[key_at(left)];
        places.count += word.count;
        places.lefts.push_back(left);
    }
}

PairMerges::Key PairMerges::key_at(std::uint32_t left) const {
    const Symbol& symbol = symbols_[left];
    return (static_cast<Key>(symbol.id) << 32U) | static_cast<Key>(symbols_[symbol.next].id);
}

void PairMerges::take(std::uint32_t left) {
    pairs_[key_at(left)].count -= counts_[symbols_[left].word];
}

void PairMerges::place(std::uint32_t left) {
    const Key pair = key_at(left);
    Places& places = pairs_[pair];
    places.count += counts_[symbols_[left].word];
    places.lefts.push_back(left);
    fresh_.push_back(pair);
}

void PairMerges::propose() {
    std::sort(fresh_.begin(), fresh_.end());
    fresh_.erase(std::unique(fresh_.begin(), fresh_.end()), fresh_.end());
    for (const Key pair : fresh_)
        if (const std::int64_t count = pairs_[pair].count; count > 0) queue_.push({count, pair});
    fresh_.clear();
}

// What the queue knows of a pair may be outdated: neighbours that merged took places away.
std::optional<PairMerges::Pair> PairMerges::most_frequent() {
    while (!queue_.empty()) {
        const Candidate top = queue_.top();
        const auto found = pairs_.find(top.pair);
        const std::int64_t count = found == pairs_.end() ? 0 : found->second.count;
        if (count == top.count)
            return Pair{static_cast<std::int32_t>(top.pair >> 32U), static_cast<std::int32_t>(top.pair & kNone)};
        queue_.pop();
        if (count > 0)
            queue_.push({count, top.pair});
        else if (found != pairs_.end())
            pairs_.erase(found);
    }
    return std::nullopt;
}

void PairMerges::merge(const Pair& pair, std::int32_t merged, JobContext& job) {
    const Key key = (static_cast<Key>(pair.left) << 32U) | static_cast<Key>(pair.right);
    const auto found = pairs_.find(key);
    if (found == pairs_.end()) return;
    std::vector<std::uint32_t> lefts = std::move(found->second.lefts);
    pairs_.erase(found);
    // In a row of equal symbols the left ones merge first.
    std::sort(lefts.begin(), lefts.end());
    std::size_t done = 0;
    for (const std::uint32_t left : lefts) {
        if (++done % kPlacesBetweenTicks == 0) job.tick();
        const Symbol& symbol = symbols_[left];
        if (symbol.id == kGone || symbol.next == kNone || key_at(left) != key) continue;
        merge_at(left, merged);
    }
    pairs_.erase(key);  // in a row of equal symbols, places that are no more were counted down
    propose();
}

void PairMerges::merge_at(std::uint32_t left, std::int32_t merged) {
    const std::uint32_t right = symbols_[left].next;
    const std::uint32_t before = symbols_[left].previous, behind = symbols_[right].next;
    if (before != kNone) take(before);
    if (behind != kNone) take(right);
    symbols_[left].id = merged;
    symbols_[left].next = behind;
    symbols_[right].id = kGone;
    if (behind != kNone) symbols_[behind].previous = left;
    if (before != kNone) place(before);
    if (behind != kNone) place(left);
}

}  // namespace gatescope
