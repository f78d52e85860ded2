#pragma once
// The dense pre-pass that `ablate-mean` needs: every head's mean output over all tokens of the run's windows. Shapes: H
// head, Q query, K key, T token, G key/value head, E d_head.

#include <memory>
#include <optional>

#include "analysis/pass.h"
#include "model/gates/head_means.h"

namespace gatescope {

// z summed over queries is the pattern summed over queries times the values.
class MeansRecorder final : public Recorder {
  public:
    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    void on_layer(const LayerInput& input) override;
    bool wants_blocks(std::int64_t) const override { return true; }
    void on_block(const PatternBlock& block) override;
    void commit() override;

    std::shared_ptr<const HeadMeans> means() const;

  private:
    struct Layer {
        at::Tensor v_GTE, weight_HK;  // weight: float64
    };
    std::int64_t tokens_ = 0, total_tokens_ = 0;
    std::map<std::int64_t, Layer> window_;
    std::map<std::int64_t, at::Tensor> sum_HE_;  // float64
};

class MeansPass {
  public:
    MeansPass(const RunRequest& request, const ModelConfig& model, std::int64_t windows);
    // Runs one window; false once all are done. Throws Cancelled, Failure.
    bool step(Transformer& model, const WindowOfText& window, JobContext& job);
    std::int64_t done() const { return pass_.done(); }
    // nullptr before the last window.
    std::shared_ptr<const HeadMeans> means() const { return means_; }

  private:
    std::int64_t windows_;
    MeansRecorder recorder_;
    DensePass pass_;
    std::shared_ptr<const HeadMeans> means_;
};

}  // namespace gatescope
