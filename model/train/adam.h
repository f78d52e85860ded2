#pragma once
// Adam (Kingma and Ba 2015), with decoupled weight decay where asked (AdamW, Loshchilov and Hutter 2019).

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace gatescope {

struct AdamSettings {
    double first_decay = 0.9, second_decay = 0.999, epsilon = 1e-8;
    // Of arrays with two dimensions or more, times the learning rate a step; gains and biases don't decay.
    double weight_decay = 0;
};

// All that a later step depends on, beside the arrays.
struct AdamState {
    std::int64_t steps = 0;
    std::vector<at::Tensor> first = {}, second = {};  // moments, as the arrays; none before the first step
};

// The moments of some arrays.
class Adam {
  public:
    explicit Adam(AdamSettings settings = {}) : settings_(settings) {}
    // One step on all arrays, in place; the same ones in the same order every time. float32, contiguous. Gradients
    // count times `gradient_share` (clip_share()); one that is undefined counts as 0.
    void step(std::vector<at::Tensor>& arrays, const std::vector<at::Tensor>& gradients, double learning_rate,
              double gradient_share = 1.0);

    // The moments themselves: the next step changes them.
    const AdamState& state() const { return state_; }
    // Goes on from a state of arrays of the same shapes; its tensors are copied.
    void restore(const AdamState& state);

  private:
    void step_array(std::size_t n, at::Tensor& array, const at::Tensor& gradient, double rate, double kept,
                    double gradient_share);

    AdamSettings settings_;
    AdamState state_;
};

}  // namespace gatescope
