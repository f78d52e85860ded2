#include "analysis/stream_cache.h"

#include <algorithm>
#include <utility>

namespace gatescope {
namespace {

// Of the budget, for what lasts.
constexpr std::uint64_t lasting_share(std::uint64_t budget) {
    return budget / 4 * 3;
}
constexpr std::int64_t kMostSpacing = 4;
// Between layers of a gate that does the same to all of them.
constexpr std::int64_t kGatedSpacing = 8;

// What findings count for at least: their place in the store.
constexpr std::uint64_t kLeastBytes = 1024;

}  // namespace

StreamPoint StreamCache::start_of(std::int64_t window, const GateTrail& trail, std::int64_t most_layer) {
    for (std::int64_t layer = std::min(most_layer, trail.n_layers() - 1); layer > 0; --layer)
        if (const Kept* kept = find({window, layer, trail.below(layer), typeid(StreamPoint)}))
            return {layer, kept->resid_TD};
    return {};
}

bool StreamCache::worth_keeping(const GateTrail& trail, std::int64_t layer) const {
    if (layer == 0) return false;
    if (trail.below(layer).empty()) return layer % spacing_ == 0 || trail.turns_at(layer);
    return trail.turns_at(layer) || layer % kGatedSpacing == 0;
}

void StreamCache::keep(std::int64_t window, const GateTrail& trail, std::int64_t layer, const at::Tensor& resid_TD) {
    if (!worth_keeping(trail, layer)) return;
    const std::string& below = trail.below(layer);
    put({window, layer, below, typeid(StreamPoint)},
        {resid_TD, nullptr, static_cast<std::uint64_t>(resid_TD.nbytes()), 0, below.empty()});
}

std::shared_ptr<const LayerFindings> StreamCache::findings(std::int64_t window, const GateTrail& trail,
                                                           std::int64_t layer, std::type_index recorder) {
    const Kept* kept = find({window, layer, trail.below(layer + 1), recorder});
    return kept == nullptr ? nullptr : kept->found;
}

void StreamCache::keep(std::int64_t window, const GateTrail& trail, std::int64_t layer, std::type_index recorder,
                       std::shared_ptr<const LayerFindings> found) {
    const std::uint64_t bytes = kLeastBytes + found->bytes();
    put({window, layer, trail.below(layer + 1), recorder}, {{}, std::move(found), bytes, 0, false});
}

StreamCache::Kept* StreamCache::find(const Key& key) {
    const auto found = kept_.find(key);
    if (found == kept_.end()) return nullptr;
    found->second.last_use = ++uses_;
    return &found->second;
}

void StreamCache::put(const Key& key, Kept kept) {
    if (find(key) != nullptr || !make_room(kept.bytes, kept.lasts)) return;
    kept.last_use = ++uses_;
    (kept.lasts ? lasting_bytes_ : passing_bytes_) += kept.bytes;
    kept_.emplace(key, std::move(kept));
}

bool StreamCache::make_room(std::uint64_t wanted, bool lasts) {
    if (lasts && lasting_bytes_ + wanted > lasting_share(budget_)) return false;
    if (lasting_bytes_ + wanted > budget_) return false;
    while (bytes() + wanted > budget_) {
        auto oldest = kept_.end();
        for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
            if (kept->second.lasts) continue;
            if (oldest == kept_.end() || kept->second.last_use < oldest->second.last_use) oldest = kept;
        }
        passing_bytes_ -= oldest->second.bytes;
        kept_.erase(oldest);
    }
    return true;
}

std::int64_t stream_spacing(std::uint64_t budget_bytes, std::int64_t windows, std::int64_t tokens,
                            const ModelConfig& model, DataType dtype) {
    const std::int64_t value_bytes = dtype == DataType::kBFloat16 ? 2 : 4;
    const auto all = static_cast<std::uint64_t>(windows * tokens * model.n_layers * model.d_model * value_bytes);
    const std::uint64_t room = std::max<std::uint64_t>(lasting_share(budget_bytes), 1);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>((all + room - 1) / room), 1, kMostSpacing);
}

at::Tensor forward_from_cache(Transformer& model, ForwardRequest request, const GateTrail& trail, StreamCache& cache,
                              JobContext& job) {
    WindowKeeper keeper(cache, request.window, trail);
    request.start = cache.start_of(request.window, trail, trail.n_layers());
    request.keeper = &keeper;
    return model.forward(request, job);
}

}  // namespace gatescope
