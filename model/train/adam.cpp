#include "model/train/adam.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>

#include <cmath>

#include "model/transformer/vector_math.h"

namespace gatescope {
namespace {

constexpr std::int64_t kValuesAtOnce = 1 << 15;

struct Rates {
    float first, first_rest, second, second_rest, rate, second_correction, epsilon, kept;
};

GATESCOPE_CLONES void step_cpu(float* values, const float* gradient, float* first, float* second, std::int64_t n,
                               const Rates& rates) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = gradient[i];
        first[i] = rates.first * first[i] + rates.first_rest * g;
        second[i] = rates.second * second[i] + rates.second_rest * g * g;
        values[i] = rates.kept * values[i] -
                    rates.rate * first[i] / (std::sqrt(second[i] * rates.second_correction) + rates.epsilon);
    }
}

}  // namespace

void Adam::step(std::vector<at::Tensor>& arrays, const std::vector<at::Tensor>& gradients, double learning_rate,
                double gradient_share) {
    const c10::InferenceMode inference;
    if (state_.steps++ == 0)
        for (const at::Tensor& array : arrays) {
            state_.first.push_back(at::zeros_like(array));
            state_.second.push_back(at::zeros_like(array));
        }
    const double rate = learning_rate / (1.0 - std::pow(settings_.first_decay, static_cast<double>(state_.steps)));
    for (std::size_t n = 0; n < arrays.size(); ++n) {
        const double kept = arrays[n].dim() >= 2 ? 1.0 - learning_rate * settings_.weight_decay : 1.0;
        step_array(n, arrays[n], gradients[n].defined() ? gradients[n].contiguous() : at::zeros_like(arrays[n]), rate,
                   kept, gradient_share);
    }
}

void Adam::step_array(std::size_t n, at::Tensor& array, const at::Tensor& gradient, double rate, double kept,
                      double gradient_share) {
    const double second_correction = 1.0 / (1.0 - std::pow(settings_.second_decay, static_cast<double>(state_.steps)));
    const double first_rest = (1.0 - settings_.first_decay) * gradient_share;
    const double second_rest = (1.0 - settings_.second_decay) * gradient_share * gradient_share;
    at::Tensor &first = state_.first[n], &second = state_.second[n];
    if (!array.is_cpu()) {
        first.mul_(settings_.first_decay).add_(gradient, first_rest);
        second.mul_(settings_.second_decay).addcmul_(gradient, gradient, second_rest);
        array.mul_(kept).addcdiv_(first, (second * second_correction).sqrt_().add_(settings_.epsilon), -rate);
        return;
    }
    const auto narrow = [](double value) { return static_cast<float>(value); };
    const Rates rates{narrow(settings_.first_decay), narrow(first_rest), narrow(settings_.second_decay),
                      narrow(second_rest),           narrow(rate),       narrow(second_correction),
                      narrow(settings_.epsilon),     narrow(kept)};
    float* values = array.data_ptr<float>();
    float *firsts = first.data_ptr<float>(), *seconds = second.data_ptr<float>();
    const float* slopes = gradient.const_data_ptr<float>();
    at::parallel_for(0, array.numel(), kValuesAtOnce, [&](std::int64_t begin, std::int64_t end) {
        step_cpu(values + begin, slopes + begin, firsts + begin, seconds + begin, end - begin, rates);
    });
}

void Adam::restore(const AdamState& state) {
    const c10::InferenceMode inference;
    state_ = {.steps = state.steps};
    for (const at::Tensor& moment : state.first) state_.first.push_back(moment.clone());
    for (const at::Tensor& moment : state.second) state_.second.push_back(moment.clone());
}

}  // namespace gatescope
