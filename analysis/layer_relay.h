#pragma once
// What recorders need so that a pass may start above its first layers: they take over what an earlier pass found there,
// and hand on what they find themselves. Counted sums are those of a whole pass to the last bit.

#include <cstdint>
#include <vector>

#include "analysis/stream_cache.h"

namespace gatescope {

class LayerRelay {
  public:
    // Everything is borrowed for the pass. The recorders are those that the request observes.
    LayerRelay(StreamCache& cache, const GateTrail& trail, std::int64_t window,
               const std::vector<Recorder*>& recorders);
    // Start and keeper for the request: the highest kept stream below which no recorder misses anything.
    StreamPoint start() const { return start_; }
    StreamKeeper* keeper() { return &keeper_; }
    // Once the window ran to its end, before the recorders commit it.
    void hand_over();

  private:
    // One past the layers that can be left out.
    std::int64_t spared() const;

    StreamCache& cache_;
    const GateTrail& trail_;
    std::int64_t window_;
    const std::vector<Recorder*>& recorders_;
    WindowKeeper keeper_;
    struct Taken {
        Recorder* recorder;
        std::int64_t layer;
        std::shared_ptr<const LayerFindings> found;
    };
    std::vector<Taken> taken_;  // held from the start on: the pass itself may push it out of the cache
    StreamPoint start_;
};

}  // namespace gatescope
