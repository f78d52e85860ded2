#pragma once
// Residual streams kept within a memory budget, so that a gate which first differs at layer l starts there: the layers
// below are not run again. Of one model, one text and one T; results are those of a whole pass to the last bit. T
// token, D d_model.
//
//     StreamCache cache;
//     const GateTrail trail(run.spec(), model.config());
//     forward_from_cache(model, {.ids = ids, .window = 3, .gate = &run}, trail, cache, job);

#include <ATen/core/Tensor.h>

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <typeindex>

#include "analysis/gate_trail.h"
#include "analysis/recorder.h"
#include "model/core/job_context.h"
#include "model/transformer/transformer.h"

namespace gatescope {

class StreamCache {
  public:
    static constexpr std::uint64_t kUsualBytes = std::uint64_t{512} << 20;
    // Every `spacing`-th layer of dense windows is kept, and wherever a gate turns.
    explicit StreamCache(std::uint64_t budget_bytes = kUsualBytes, std::int64_t spacing = 1)
        : budget_(budget_bytes), spacing_(spacing) {}

    // The highest kept stream of the window, at `most_layer` at most, that a gate of this trail would make itself; the
    // window's beginning where there is none.
    StreamPoint start_of(std::int64_t window, const GateTrail& trail, std::int64_t most_layer);
    // Keeps it where it is worth its place. Dense streams stay: those that came first, as new gates begin at the first
    // windows. All else gives way, what was used longest ago first.
    void keep(std::int64_t window, const GateTrail& trail, std::int64_t layer, const at::Tensor& resid_TD);
    // What a recorder of this type found in the layer; nullptr: not known.
    std::shared_ptr<const LayerFindings> findings(std::int64_t window, const GateTrail& trail, std::int64_t layer,
                                                  std::type_index recorder);
    void keep(std::int64_t window, const GateTrail& trail, std::int64_t layer, std::type_index recorder,
              std::shared_ptr<const LayerFindings> found);
    std::uint64_t bytes() const { return lasting_bytes_ + passing_bytes_; }

  private:
    struct Key {
        std::int64_t window = 0, layer = 0;
        std::string trail;     // below the layer; of findings, up to it
        std::type_index what;  // StreamPoint, or the recorder
        auto operator<=>(const Key&) const = default;
    };
    struct Kept {
        at::Tensor resid_TD;
        std::shared_ptr<const LayerFindings> found;
        std::uint64_t bytes = 0, last_use = 0;
        bool lasts = false;
    };
    bool worth_keeping(const GateTrail& trail, std::int64_t layer) const;
    Kept* find(const Key& key);
    void put(const Key& key, Kept kept);
    bool make_room(std::uint64_t bytes, bool lasts);

    std::uint64_t budget_;
    std::int64_t spacing_;
    std::uint64_t lasting_bytes_ = 0, passing_bytes_ = 0, uses_ = 0;
    std::map<Key, Kept> kept_;
};

// How far apart layers must be kept so that `windows` windows of T tokens have room: 1, where all do, to 4.
std::int64_t stream_spacing(std::uint64_t budget_bytes, std::int64_t windows, std::int64_t tokens,
                            const ModelConfig& model, DataType dtype);

// Keeps the streams that a pass of this trail over a window comes by.
class WindowKeeper final : public StreamKeeper {
  public:
    WindowKeeper(StreamCache& cache, std::int64_t window, const GateTrail& trail)
        : cache_(cache), window_(window), trail_(trail) {}
    void keep(std::int64_t layer, const at::Tensor& resid_TD) override {
        cache_.keep(window_, trail_, layer, resid_TD);
    }

  private:
    StreamCache& cache_;
    std::int64_t window_;
    const GateTrail& trail_;
};

// model.forward(request) from the highest kept stream that the request's gate, whose trail this is, leaves valid; the
// streams that it comes by are kept. Observers hear nothing of layers that are not run (LayerRelay looks after
// recorders).
at::Tensor forward_from_cache(Transformer& model, ForwardRequest request, const GateTrail& trail, StreamCache& cache,
                              JobContext& job);

}  // namespace gatescope
