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
    bool reads_scores() const final { return false; }

  protected:
    // Before QK-norm and rotation, and those whose root mean square QK-norm divides by.
    struct Projected {
        QueriesAndKeys changed, divided_by;
    };
    // Asked for every window; the layer has its kernel.
    virtual Projected project(const LayerInput& layer) = 0;
    // In training, before that: the layer's weights are those of this step.
    virtual void take_step(std::int64_t layer, std::int64_t step) { (void)layer, (void)step; }

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
    // Asked once a layer, which has its kernel; in training at every step, and without a way back to the weights.
    virtual Change change(const LayerInput& layer) const = 0;

  private:
    Projected project(const LayerInput& layer) final;
    void take_step(std::int64_t layer, std::int64_t step) final;

    std::map<std::int64_t, Change> layers_;
    std::map<std::int64_t, std::int64_t> steps_;  // by layer
};

ParamSpec rank_param();  // r: required
// An entry but for what tells the intervention from its kin.
GateEntry intervention_entry(GateInfo info);
// Its rank_param() is what sweeps vary.
void sweep_rank(GateEntry& entry);

}  // namespace gatescope
