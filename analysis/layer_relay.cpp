#include "analysis/layer_relay.h"

#include <algorithm>
#include <typeinfo>

namespace gatescope {

LayerRelay::LayerRelay(StreamCache& cache, const GateTrail& trail, std::int64_t window,
                       const std::vector<Recorder*>& recorders)
    : cache_(cache), trail_(trail), window_(window), recorders_(recorders), keeper_(cache, window, trail) {
    start_ = cache_.start_of(window_, trail_, spared());
    for (Recorder* recorder : recorders_)
        for (std::int64_t layer = 0; layer < start_.layer; ++layer)
            if (recorder->looks_at(layer))
                taken_.push_back({recorder, layer, cache_.findings(window_, trail_, layer, typeid(*recorder))});
}

std::int64_t LayerRelay::spared() const {
    std::int64_t layer = 0;
    const auto is_spared = [&](Recorder* recorder) {
        return !recorder->looks_at(layer) || cache_.findings(window_, trail_, layer, typeid(*recorder)) != nullptr;
    };
    while (layer < trail_.n_layers() && std::all_of(recorders_.begin(), recorders_.end(), is_spared)) ++layer;
    return layer;
}

void LayerRelay::hand_over() {
    for (const Taken& taken : taken_) taken.recorder->take(taken.layer, *taken.found);
    for (const Recorder* recorder : recorders_)
        for (std::int64_t layer = start_.layer; layer < trail_.n_layers(); ++layer)
            if (auto found = recorder->looks_at(layer) ? recorder->findings(layer) : nullptr)
                cache_.keep(window_, trail_, layer, typeid(*recorder), std::move(found));
}

}  // namespace gatescope
