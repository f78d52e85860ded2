#pragma once
// What the interventions on a head's kernel share: q' = q Z, k' = k Y before QK-norm and rotation, biases included.
// DEFINITIONS.md section 7. Shapes: H query head, T token, E d_head.

#include <map>

#include "model/gates/gate.h"

namespace gatescope {

class KernelGate : public Gate {
  public:
    void prepare(const LayerInput& layer, const GateContext& context) final;
    GateEffect apply(const QueryBlock& block) const final;

  protected:
    // Z and Y of every query head, float32 [H, E, E].
    struct Change {
        at::Tensor query_HEE, key_HEE;
    };
    // Asked once a layer, which has its kernel.
    virtual Change change(const LayerInput& layer) const = 0;

  private:
    std::map<std::int64_t, Change> layers_;
    at::Tensor q_HTE_, k_HTE_;  // scaled q', k'
    double softcap_ = 0;
};

ParamSpec rank_param();  // r: required
// An entry but for what tells the intervention from its kin.
GateEntry intervention_entry(GateInfo info);

}  // namespace gatescope
