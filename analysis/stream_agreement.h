#pragma once
// A gate asked on the dense stream: what it would keep there, while the model runs as if it were not there.

#include "analysis/agreement.h"
#include "model/gates/gate.h"

namespace gatescope {

class StreamAgreement final : public Recorder {
  public:
    // `run` outlives this, and nobody else runs it meanwhile.
    StreamAgreement(AnalysedHeads analysed, GateRun& run, std::int64_t window_length)
        : run_(run), nominal_(window_length), agreement_(std::move(analysed), run.spec(), window_length) {}

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    void on_layer(const LayerInput& input) override;
    bool wants_blocks(std::int64_t layer) const override { return agreement_.wants_blocks(layer); }
    void on_block(const PatternBlock& block) override;
    void commit() override { agreement_.commit(); }
    std::map<std::string, HeadGrid> grids() const { return agreement_.grids(); }

  private:
    GateRun& run_;
    std::int64_t window_ = 0, nominal_;
    std::span<const std::int32_t> ids_;
    AgreementRecorder agreement_;
};

}  // namespace gatescope
