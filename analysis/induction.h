#pragma once
// Induction and duplicate-token scores on random ids repeated twice. DEFINITIONS.md section 2.

#include <map>
#include <string>
#include <vector>

#include "analysis/recorder.h"
#include "analysis/results.h"

namespace gatescope {

// floor(window_length / 2) ids drawn uniformly from the vocabulary, twice.
std::vector<std::int32_t> induction_sequence(std::int64_t window_length, std::int64_t d_vocab, std::int64_t seed);

class InductionRecorder final : public Recorder {
  public:
    explicit InductionRecorder(AnalysedHeads analysed);

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool wants_blocks(std::int64_t layer) const override { return analysed_.has_layer(layer); }
    void on_block(const PatternBlock& block) override;
    void commit() override;

    // induction_score and duplicate_score; empty before the sequence has run.
    std::map<std::string, HeadGrid> grids() const;

  private:
    HeadGrid grid(const std::vector<double>& sums) const;

    AnalysedHeads analysed_;
    std::int64_t half_ = 0;
    bool done_ = false;
    std::vector<double> induction_, duplicate_;  // [layer, head], sums over the second half's queries
};

}  // namespace gatescope
