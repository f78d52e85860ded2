#include "analysis/stream_cache.h"

#include <algorithm>

namespace gatescope {
namespace {

// Of the budget; the rest is for gated streams.
constexpr std::uint64_t dense_share(std::uint64_t budget) {
    return budget / 4 * 3;
}
constexpr std::int64_t kMostSpacing = 4;
// Between layers of a gate that does the same to all of them.
constexpr std::int64_t kGatedSpacing = 8;

class Keeper final : public StreamKeeper {
  public:
    Keeper(StreamCache& cache, std::int64_t window, const GateTrail& trail)
        : cache_(cache), window_(window), trail_(trail) {}
    void keep(std::int64_t layer, const at::Tensor& resid_TD) override {
        cache_.keep(window_, trail_, layer, resid_TD);
    }

  private:
    StreamCache& cache_;
    std::int64_t window_;
    const GateTrail& trail_;
};

}  // namespace

StreamPoint StreamCache::start_of(std::int64_t window, const GateTrail& trail, std::int64_t most_layer) {
    for (std::int64_t layer = std::min(most_layer, trail.n_layers() - 1); layer > 0; --layer) {
        const auto found = kept_.find({window, layer, trail.below(layer)});
        if (found == kept_.end()) continue;
        found->second.last_use = ++uses_;
        return {layer, found->second.resid_TD};
    }
    return {};
}

bool StreamCache::worth_keeping(const GateTrail& trail, std::int64_t layer) const {
    if (layer == 0 || budget_ == 0) return false;
    if (trail.below(layer).empty()) return layer % spacing_ == 0 || trail.turns_at(layer);
    return trail.turns_at(layer) || layer % kGatedSpacing == 0;
}

void StreamCache::keep(std::int64_t window, const GateTrail& trail, std::int64_t layer, const at::Tensor& resid_TD) {
    if (!worth_keeping(trail, layer)) return;
    const Key key{window, layer, trail.below(layer)};
    if (const auto found = kept_.find(key); found != kept_.end()) {
        found->second.last_use = ++uses_;
        return;
    }
    const bool dense = key.trail.empty();
    const auto bytes = static_cast<std::uint64_t>(resid_TD.nbytes());
    if (!make_room(bytes, dense)) return;
    kept_[key] = {resid_TD, ++uses_};
    (dense ? dense_bytes_ : gated_bytes_) += bytes;
}

bool StreamCache::make_room(std::uint64_t wanted, bool dense) {
    if (dense && dense_bytes_ + wanted > dense_share(budget_)) return false;
    while (bytes() + wanted > budget_) {
        auto oldest = kept_.end();
        for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
            if (kept->first.trail.empty()) continue;
            if (oldest == kept_.end() || kept->second.last_use < oldest->second.last_use) oldest = kept;
        }
        if (oldest == kept_.end()) return false;
        gated_bytes_ -= static_cast<std::uint64_t>(oldest->second.resid_TD.nbytes());
        kept_.erase(oldest);
    }
    return true;
}

std::int64_t stream_spacing(std::uint64_t budget_bytes, std::int64_t windows, std::int64_t tokens,
                            const ModelConfig& model, DataType dtype) {
    const std::int64_t value_bytes = dtype == DataType::kBFloat16 ? 2 : 4;
    const auto all = static_cast<std::uint64_t>(windows * tokens * model.n_layers * model.d_model * value_bytes);
    const std::uint64_t room = std::max<std::uint64_t>(dense_share(budget_bytes), 1);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>((all + room - 1) / room), 1, kMostSpacing);
}

at::Tensor forward_from_cache(Transformer& model, ForwardRequest request, const GateTrail& trail, StreamCache& cache,
                              JobContext& job) {
    Keeper keeper(cache, request.window, trail);
    request.start = cache.start_of(request.window, trail, trail.n_layers());
    request.keeper = &keeper;
    return model.forward(request, job);
}

}  // namespace gatescope
