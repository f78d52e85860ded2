#include "analysis/spectra/component_pairs.h"

#include <algorithm>
#include <unordered_map>

namespace gatescope {
namespace {

std::uint64_t pair_of(std::int32_t query, std::int32_t key) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(query)) << 32 | static_cast<std::uint32_t>(key);
}

// Descending; ties by position, so that the order is the same everywhere.
bool before(const ComponentPair& a, const ComponentPair& b) {
    if (a.contribution != b.contribution) return a.contribution > b.contribution;
    return a.query != b.query ? a.query < b.query : a.key < b.key;
}

// The best pairs seen so far, a little more of them than are wanted: cut back now and then.
class Best {
  public:
    explicit Best(std::size_t count) : count_(count) {}

    void offer(const ComponentPair& pair) {
        if (count_ == 0 || (full_ && pair.contribution <= least_)) return;
        const auto [place, is_new] = best_.try_emplace(pair_of(pair.query_id, pair.key_id), pair);
        if (!is_new && before(pair, place->second)) place->second = pair;
        if (best_.size() >= 4 * count_ + 64) cut();
    }

    std::vector<ComponentPair> take() {
        cut();
        return std::move(sorted_);
    }

  private:
    void cut() {
        sorted_.clear();
        for (const auto& [ids, pair] : best_) sorted_.push_back(pair);
        const std::size_t kept = std::min(count_, sorted_.size());
        std::partial_sort(sorted_.begin(), sorted_.begin() + static_cast<std::ptrdiff_t>(kept), sorted_.end(), before);
        sorted_.resize(kept);
        best_.clear();
        for (const ComponentPair& pair : sorted_) best_.emplace(pair_of(pair.query_id, pair.key_id), pair);
        full_ = kept == count_;
        if (full_) least_ = sorted_.back().contribution;
    }

    std::size_t count_;
    std::unordered_map<std::uint64_t, ComponentPair> best_;  // by ids
    std::vector<ComponentPair> sorted_;
    bool full_ = false;
    float least_ = 0;  // of those that stay for certain
};

}  // namespace

float contribution(const HeadComponent& component, std::size_t query, std::size_t key) {
    const auto [a_i, b_i] = component.tokens[query];
    const auto [a_j, b_j] = component.tokens[key];
    return component.value * (component.routing ? a_i * b_j - b_i * a_j : a_i * a_j);
}

std::vector<ComponentPair> strongest_pairs(const HeadComponent& component, std::span<const std::int32_t> ids,
                                           bool causal, std::size_t count) {
    Best best(count);
    const std::size_t n_tokens = std::min(ids.size(), component.tokens.size());
    for (std::size_t query = 0; query < n_tokens; ++query)
        for (std::size_t key = 0; key < (causal ? query + 1 : n_tokens); ++key)
            best.offer({ids[query], ids[key], static_cast<std::int64_t>(query), static_cast<std::int64_t>(key),
                        contribution(component, query, key)});
    return best.take();
}

}  // namespace gatescope
