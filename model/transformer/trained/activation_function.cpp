#include "model/transformer/trained/activation_function.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/transformer/trained/gradient_rows.h"
#include "model/transformer/trained/plain_functions.h"

namespace gatescope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kValuesAtOnce = 4096;

const float* values_of(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
}
const float* from(const float* values, std::int64_t begin) {
    return values == nullptr ? nullptr : values + begin;
}

// activation(x) (* up): only x and up are kept, the way back computes anew.
struct ActivationFunction : torch::autograd::Function<ActivationFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const std::optional<at::Tensor>& up,
                              std::int64_t activation) {
        context->saved_data["activation"] = activation;
        context->save_for_backward({x, up.value_or(at::Tensor())});
        at::Tensor out = at::empty_like(x);
        const float *values = values_of(x), *factors = values_of(up.value_or(at::Tensor()));
        auto* to = out.data_ptr<float>();
        at::parallel_for(0, x.numel(), kValuesAtOnce, [&](std::int64_t begin, std::int64_t end) {
            row_activate(static_cast<Activation>(activation), values + begin, from(factors, begin), end - begin,
                         to + begin);
        });
        return out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &up = saved[1], slope = slopes[0].contiguous();
        const auto activation = static_cast<Activation>(context->saved_data["activation"].toInt());
        at::Tensor of_x = at::empty_like(x), of_up;
        if (up.defined()) of_up = at::empty_like(up);
        const float *values = values_of(x), *factors = values_of(up), *down = values_of(slope);
        auto* to = of_x.data_ptr<float>();
        float* to_up = up.defined() ? of_up.data_ptr<float>() : nullptr;
        at::parallel_for(0, x.numel(), kValuesAtOnce, [&](std::int64_t begin, std::int64_t end) {
            row_activate_back(activation, values + begin, from(factors, begin), down + begin, end - begin, to + begin,
                              to_up == nullptr ? nullptr : to_up + begin);
        });
        return {of_x, of_up, at::Tensor()};
    }
};

at::Tensor apply(const at::Tensor& x, const std::optional<at::Tensor>& up, Activation activation) {
    return ActivationFunction::apply(x.contiguous(), up, static_cast<std::int64_t>(activation));
}

bool served(const at::Tensor& x) {
    return x.is_cpu() && x.scalar_type() == at::kFloat;
}

}  // namespace

at::Tensor trained_activation(const at::Tensor& x, Activation activation) {
    return served(x) ? apply(x, std::nullopt, activation) : plain_activation(x, activation);
}

at::Tensor trained_gated_activation(const at::Tensor& gate, const at::Tensor& up, Activation activation) {
    return served(gate) ? apply(gate, up.contiguous(), activation) : plain_activation(gate, activation) * up;
}

}  // namespace gatescope
