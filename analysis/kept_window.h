#pragma once
// q and k of one window's layers, so that any head's map can be made again without a pass. Shapes as in model/hooks.h.

#include <map>
#include <memory>
#include <optional>

#include "analysis/recorder.h"
#include "analysis/results.h"
#include "model/gates/gate.h"

namespace gatescope {

// What was kept of one pass (dense, or under one gate) over one window.
struct KeptWindow {
    std::int64_t window = -1, tokens = 0;
    std::vector<std::int32_t> ids;
    std::map<std::int64_t, LayerInput> layers;  // v is left out; x only under a gate, for the gate's own use
};

// Keeps the layers of `layer` alone, or all of them where none is given.
class KeepingRecorder final : public Recorder {
  public:
    KeepingRecorder(bool keep_x, std::optional<std::int64_t> layer) : keep_x_(keep_x), layer_(layer) {}

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    void on_layer(const LayerInput& input) override;
    bool looks_at(std::int64_t layer) const override { return !layer_ || *layer_ == layer; }
    std::shared_ptr<const LayerFindings> findings(std::int64_t layer) const override;
    void take(std::int64_t layer, const LayerFindings& found) override;
    void commit() override { done_ = std::make_shared<KeptWindow>(std::move(window_)); }

    std::shared_ptr<const KeptWindow> kept() const { return done_; }

  private:
    bool keep_x_;
    std::optional<std::int64_t> layer_;
    KeptWindow window_;
    std::shared_ptr<const KeptWindow> done_;
};

// The head's dense probabilities [tokens, tokens] of a kept layer, row by row.
std::vector<float> head_pattern(const KeptWindow& kept, std::int64_t layer, std::int64_t head);
// 1 where the gate keeps the key, from the kept pass under that gate.
std::vector<std::uint8_t> head_keys(const KeptWindow& kept, const GateSpec& gate, std::int64_t nominal_window,
                                    std::int64_t layer, std::int64_t head);

}  // namespace gatescope
