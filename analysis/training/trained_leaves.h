#pragma once
// What of a model trains under a plan, and norms of its gradients by part and layer.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/training/plan_gate.h"
#include "analysis/training/train_plan.h"
#include "model/transformer/parameters.h"

namespace gatescope {

// A trained tensor and the series of gradient norms that it counts in.
struct TrainedLeaf {
    at::Tensor value;
    std::vector<std::string> norms;  // "query_gradient_norm", "layer_3.query_gradient_norm"
};

// The model's, in the order of `parameters`; what is not among them is set not to require a gradient.
std::vector<TrainedLeaf> trained_leaves(const TrainPlan& plan, const Parameters& parameters);
// The gate's, layer by layer; none where it doesn't train.
std::vector<TrainedLeaf> trained_leaves(const PlanGate& gate);

// Squares of the norms of the leaves' gradients times `share`, by series, "gradient_norm" of all among them.
std::map<std::string, double> squared_norms(const std::vector<TrainedLeaf>& leaves, double share);

}  // namespace gatescope
