#pragma once
// What training costs, counted from shapes. No torch.

#include "analysis/training/train_plan.h"
#include "model/config.h"

namespace gatescope {

// Of a forward and a backward pass, by token, a multiply-add as two: 2 for each value of the matrices forward, as much
// for the gradient by what flows through them, as much again for that by those that train; attention's scores and sums
// over the keys below, 4 n_heads d_head for each forward and twice that backward. Lookups and gates cost nothing here.
double training_flops_a_token(const TrainPlan& plan, const ModelConfig& model);

}  // namespace gatescope
