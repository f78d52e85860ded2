#pragma once
// Trains one gate a layer on what the one decoder shows of itself: an observer of dense forwards that never holds more
// than a block of any layer's pattern. T token.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "model/core/index_set.h"
#include "model/core/job_context.h"
#include "model/hooks.h"
#include "model/train/adam.h"
#include "model/train/loss.h"
#include "model/train/trainable_gate.h"

namespace gatescope {

class Transformer;

class GateTrainer final : public Observer {
  public:
    GateTrainer(const TrainableGate& gate, const LossEntry& loss, TrainShape shape, const IndexSet& layers);

    // First values of all layers: random ones, or from the heads' own kernels. Runs a forward of two tokens. Throws
    // Failure, Cancelled.
    void start(Transformer& model, bool from_kernel, JobContext& job);

    // What the next forward is for: the loss alone, or the gradients, too.
    void learn(bool learning) { learning_ = learning; }
    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    void on_layer(const LayerInput& input) override;
    bool wants_blocks(std::int64_t layer) const override { return layers_.contains(layer); }
    void on_block(const PatternBlock& block) override;
    void end_window() override;

    // Of the window that ran last, as `learn` said: mean over layers and heads, of DEFINITIONS.md section 5; only where
    // it was not for learning.
    double loss() const;
    // Steps against the gradients of the window that ran last.
    void step(double learning_rate);

    const TrainableGate& gate() const { return gate_; }
    const TrainShape& shape() const { return shape_; }
    // By layer; step() changes the values in place.
    const std::map<std::int64_t, GateArrays>& arrays() const { return arrays_; }
    ArraySource source() const;

  private:
    void finish_layer();

    const TrainableGate& gate_;
    const LossEntry& loss_;
    TrainShape shape_;
    IndexSet layers_;
    std::map<std::int64_t, GateArrays> arrays_, gradients_;
    Adam adam_;
    bool learning_ = false;

    // Of the window that runs.
    std::int64_t layer_ = -1;
    std::unique_ptr<ScoreGraph> graph_;
    double terms_ = 0;  // that the mean is over, in one head
    double loss_sum_ = 0;
    std::int64_t losses_ = 0;
};

}  // namespace gatescope
