#pragma once
// FLOPs and key/value bytes that a gate leaves (GateCost), of all layers and heads. DEFINITIONS.md section 4. Shapes: H
// head, Q query, K key.

#include <map>

#include "analysis/gate_cost.h"
#include "analysis/recorder.h"
#include "model/config.h"
#include "model/gates/gate.h"
#include "model/gates/pair_tally.h"

namespace gatescope {

class CostRecorder final : public Recorder {
  public:
    // Counts what `run` keeps from here on; both are the same pass's, and `run` lives longer.
    CostRecorder(GateRun& run, ModelConfig model);
    ~CostRecorder() override { run_.count_into(nullptr); }
    CostRecorder(const CostRecorder&) = delete;
    CostRecorder& operator=(const CostRecorder&) = delete;

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    void on_layer(const LayerInput& input) override;
    bool wants_blocks(std::int64_t layer) const override { return run_.touches(layer); }
    bool last_block_only() const override { return true; }
    void on_block(const PatternBlock& block) override;
    bool looks_at(std::int64_t layer) const override { return run_.touches(layer); }
    std::shared_ptr<const LayerFindings> findings(std::int64_t layer) const override;
    void take(std::int64_t layer, const LayerFindings& found) override;
    void commit() override;

    GateCost cost() const;  // NaN before the first window

  private:
    // Of a layer that the gate touches.
    struct Layer {
        double pairs = 0;            // of gated heads that read keys
        std::int64_t keys_read = 0;  // by the last query, over key/value heads
        std::int64_t bytes_a_number = 0;
    };
    struct Findings;
    // The gate's heads of a layer, by what they read.
    struct Heads {
        std::int64_t ungated = 0, states = 0, state_groups = 0;
    };
    Heads heads_of(std::int64_t layer) const;
    GateReads reads_of(std::int64_t layer, std::int64_t head) const;

    GateRun& run_;
    ModelConfig model_;
    PairTally tally_;
    std::int64_t tokens_ = 0, windows_ = 0, bytes_a_number_ = 0;
    std::map<std::int64_t, Layer> window_;  // layers that the gate touches; their pairs as long as they were not taken
    GateCost total_{0, 0, 0, 0};
};

}  // namespace gatescope
