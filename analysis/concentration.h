#pragma once
// Concentration of the attention, collected block by block over windows. DEFINITIONS.md section 2.

#include <ATen/core/Tensor.h>

#include <vector>

#include "analysis/recorder.h"
#include "analysis/results.h"

namespace gatescope {

class ConcentrationRecorder final : public Recorder {
  public:
    // `longest`: tokens of the longest window, the last of the k.
    ConcentrationRecorder(AnalysedHeads analysed, std::int64_t longest);

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool wants_blocks(std::int64_t layer) const override { return analysed_.has_layer(layer); }
    void on_block(const PatternBlock& block) override;
    void commit() override;

    // Averages over the committed windows; NaN where no query counts.
    Concentration table() const;

  private:
    // Sums and the queries they go over; the queries differ between layers where sliding windows do.
    struct Sums {
        std::vector<double> columns;                     // [layer, head, column]
        std::vector<std::int64_t> queries, later, full;  // [layer], [layer], [layer, k]
        void add(const Sums& other);
    };
    Sums empty() const;
    HeadGrid grid(std::int64_t column, const std::vector<std::int64_t>& queries, std::size_t stride,
                  std::size_t offset) const;

    AnalysedHeads analysed_;
    std::vector<std::int32_t> k_;
    Sums total_, window_;
    std::vector<at::Tensor> blocks_;  // [H, C] sums of this window by layer, on the model's device
};

}  // namespace gatescope
