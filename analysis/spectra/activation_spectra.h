#pragma once
// Spectra of the heads' scores, collected window by window. DEFINITIONS.md section 7.

#include <vector>

#include "analysis/recorder.h"
#include "analysis/spectra/score_spectra.h"
#include "analysis/spectra/spectra_results.h"

namespace gatescope {

class ActivationRecorder final : public Recorder {
  public:
    // `longest`: tokens of the longest window.
    ActivationRecorder(AnalysedHeads analysed, std::int64_t longest, std::int64_t d_head);

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool looks_at(std::int64_t layer) const override { return analysed_.has_layer(layer); }
    void on_layer(const LayerInput& input) override;
    void commit() override;

    // Means over the committed windows, of which there has to be one.
    ActivationSpectra table() const;

  private:
    void put(const ScoreSpectra& head, std::size_t place);
    HeadGrid grid(std::int64_t column) const;
    SpectrumPart part(std::int64_t first_column) const;

    AnalysedHeads analysed_;
    std::int64_t capacity_, n_columns_, windows_ = 0;
    std::vector<double> total_, window_;  // [layer, head, column]
};

}  // namespace gatescope
