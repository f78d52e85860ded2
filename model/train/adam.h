#pragma once
// Adam (Kingma and Ba 2015), without weight decay.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace gatescope {

struct AdamSettings {
    double first_decay = 0.9, second_decay = 0.999, epsilon = 1e-8;
};

// The moments of some arrays.
class Adam {
  public:
    explicit Adam(AdamSettings settings = {}) : settings_(settings) {}
    // One step on all arrays, in place; the same ones in the same order every time. float32, contiguous.
    void step(std::vector<at::Tensor>& arrays, const std::vector<at::Tensor>& gradients, double learning_rate);

  private:
    AdamSettings settings_;
    std::int64_t steps_ = 0;
    std::vector<at::Tensor> first_, second_;
};

// The share of the learning rate that step `step` of `steps` (from 0) has: up over the first hundredth of the steps, at
// least 10 of them, then down along half a cosine to a tenth.
double scheduled_share(std::int64_t step, std::int64_t steps);

}  // namespace gatescope
