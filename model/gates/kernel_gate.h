#pragma once
// What the interventions on a head's kernel share: other q' and k' before QK-norm and rotation; mostly q' = q Z, k' = k
// Y, biases included. DEFINITIONS.md section 7. Shapes: H query head, T token, E d_head.

#include <map>

#include "model/gates/gate.h"
#include "model/layer_kernel.h"

namespace gatescope {

// Other queries and keys in place of the layer's own.
class ProjectionGate : public Gate {
  public:
    void prepare(const LayerInput& layer, const GateContext& context) final;
    GateEffect apply(const QueryBlock& block) const final;

  protected:
    // Before QK-norm and rotation, and those whose root mean square QK-norm divides by.
    struct Projected {
        QueriesAndKeys changed, divided_by;
    };
    // Asked for every window; the layer has its kernel.
    virtual Projected project(const LayerInput& layer) = 0;

  private:
    at::Tensor q_HTE_, k_HTE_;  // scaled q', k'
    double softcap_ = 0;
};

// Those that are the learned ones times a small matrix. QK-norm divides by the unchanged ones, so that no head depends
// on another's change.
class KernelGate : public ProjectionGate {
  protected:
    // Z and Y of every query head, float32 [H, E, E].
    struct Change {
        at::Tensor query_HEE, key_HEE;
    };
    // Asked once a layer, which has its kernel.
    virtual Change change(const LayerInput& layer) const = 0;

  private:
    Projected project(const LayerInput& layer) final;

    std::map<std::int64_t, Change> layers_;
};

ParamSpec rank_param();  // r: required
// An entry but for what tells the intervention from its kin.
GateEntry intervention_entry(GateInfo info);
// Its rank_param() is what sweeps vary.
void sweep_rank(GateEntry& entry);

}  // namespace gatescope
