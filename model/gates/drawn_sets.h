#pragma once
// What `uniform` and `stochastic` share: k keys of every query, drawn.

#include "model/gates/gate.h"

namespace gatescope {

class DrawnSets final : public Gate {
  public:
    enum class Anew { kNever, kEveryStep };
    DrawnSets(std::int64_t seed, Anew anew) : seed_(seed), anew_(anew) {}

    void prepare(const LayerInput& layer, const GateContext& context) override;
    GateEffect apply(const QueryBlock& block) const override;
    bool reads_scores() const override { return false; }

  private:
    std::int64_t seed_;
    Anew anew_;
    std::int64_t step_ = 0, window_ = 0, layer_ = 0;
};

}  // namespace gatescope
