#pragma once
// Cosine similarity of the tokens that heads pair: the control that asks whether attention is likeness at the layer's
// input. DEFINITIONS.md section 6. T token, D d_model, Q query, K key, H head.

#include <ATen/core/Tensor.h>

#include <map>

#include "analysis/recorder.h"
#include "analysis/spectra/spectra_results.h"

namespace gatescope {

class PairCosineRecorder final : public Recorder {
  public:
    explicit PairCosineRecorder(AnalysedHeads analysed);

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool looks_at(std::int64_t layer) const override { return analysed_.has_layer(layer); }
    bool wants_blocks(std::int64_t layer) const override { return analysed_.has_layer(layer); }
    void on_layer(const LayerInput& input) override;
    void on_block(const PatternBlock& block) override;
    void commit() override;

    // Over the pairs of all committed windows; NaN where no weight is left.
    PairCosines table() const;

  private:
    // Of one layer's pairs.
    struct Sums {
        at::Tensor weight_H, weighted_H;  // float64, on the model's device: of P_ij, of P_ij c_ij
        at::Tensor cosine;                // float64: of c_ij
        double pairs = 0;
    };
    static void add(Sums& to, const Sums& more);
    Sums sums_of(const PatternBlock& block) const;

    AnalysedHeads analysed_;
    std::int64_t windows_ = 0;
    at::Tensor unit_TD_;                           // x over its norm, of the layer at work
    std::map<std::int64_t, Sums> window_, total_;  // by layer
};

}  // namespace gatescope
