#include "model/train/adam.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatescope {
namespace {

constexpr std::int64_t kValuesAtOnce = 1 << 15;

struct Rates {
    float first, first_rest, second, second_rest, rate, second_correction, epsilon;
};

void step_cpu(float* values, const float* gradient, float* first, float* second, std::int64_t n, const Rates& rates) {
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = gradient[i];
        first[i] = rates.first * first[i] + rates.first_rest * g;
        second[i] = rates.second * second[i] + rates.second_rest * g * g;
        values[i] -= rates.rate * first[i] / (std::sqrt(second[i] * rates.second_correction) + rates.epsilon);
    }
}

}  // namespace

void Adam::step(std::vector<at::Tensor>& arrays, const std::vector<at::Tensor>& gradients, double learning_rate) {
    const c10::InferenceMode inference;
    if (steps_++ == 0)
        for (const at::Tensor& array : arrays) {
            first_.push_back(at::zeros_like(array));
            second_.push_back(at::zeros_like(array));
        }
    const auto t = static_cast<double>(steps_);
    const double rate = learning_rate / (1.0 - std::pow(settings_.first_decay, t));
    const double second_correction = 1.0 / (1.0 - std::pow(settings_.second_decay, t));
    const auto narrow = [](double value) { return static_cast<float>(value); };
    const Rates rates{narrow(settings_.first_decay),
                      narrow(1.0 - settings_.first_decay),
                      narrow(settings_.second_decay),
                      narrow(1.0 - settings_.second_decay),
                      narrow(rate),
                      narrow(second_correction),
                      narrow(settings_.epsilon)};
    for (std::size_t n = 0; n < arrays.size(); ++n) {
        if (!arrays[n].is_cpu()) {
            first_[n].mul_(settings_.first_decay).add_(gradients[n], 1.0 - settings_.first_decay);
            second_[n].mul_(settings_.second_decay).addcmul_(gradients[n], gradients[n], 1.0 - settings_.second_decay);
            arrays[n].addcdiv_(first_[n], (second_[n] * second_correction).sqrt_().add_(settings_.epsilon), -rate);
            continue;
        }
        float* values = arrays[n].data_ptr<float>();
        const float* gradient = gradients[n].const_data_ptr<float>();
        float *first = first_[n].data_ptr<float>(), *second = second_[n].data_ptr<float>();
        at::parallel_for(0, arrays[n].numel(), kValuesAtOnce, [&](std::int64_t begin, std::int64_t end) {
            step_cpu(values + begin, gradient + begin, first + begin, second + begin, end - begin, rates);
        });
    }
}

double scheduled_share(std::int64_t step, std::int64_t steps) {
    constexpr double kLeast = 0.1;
    const std::int64_t rise = std::min(std::max<std::int64_t>(10, steps / 100), std::max<std::int64_t>(1, steps / 2));
    if (step < rise) return static_cast<double>(step + 1) / static_cast<double>(rise);
    const double way = static_cast<double>(step - rise) / static_cast<double>(std::max<std::int64_t>(1, steps - rise));
    return kLeast + (1.0 - kLeast) * 0.5 * (1.0 + std::cos(std::numbers::pi * way));
}

}  // namespace gatescope
