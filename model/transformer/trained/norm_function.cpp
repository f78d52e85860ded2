#include "model/transformer/trained/norm_function.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/transformer/row_kernels.h"
#include "model/transformer/trained/gradient_rows.h"
#include "model/transformer/trained/plain_functions.h"

namespace gatescope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kRowsAtOnce = 64;

const float* values_of(const at::Tensor& tensor) {
    return tensor.const_data_ptr<float>();
}

at::Tensor norm_rows(const at::Tensor& x_ND, const at::Tensor& gain_D, const at::Tensor& bias_D, NormKind kind,
                     float epsilon) {
    at::Tensor out_ND = at::empty_like(x_ND);
    const std::int64_t width = x_ND.size(1);
    const float *x = values_of(x_ND), *gain = values_of(gain_D);
    const float* bias = kind == NormKind::kLayer ? values_of(bias_D) : nullptr;
    float* out = out_ND.data_ptr<float>();
    at::parallel_for(0, x_ND.size(0), kRowsAtOnce, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t at = begin * width; at < end * width; at += width) {
            if (bias == nullptr)
                row_rms_norm(x + at, gain, width, epsilon, out + at);
            else
                row_layer_norm(x + at, gain, bias, width, epsilon, out + at);
        }
    });
    return out_ND;
}

// Gains and biases meet all rows: each stretch of rows has a sum of its own, so that the order of adding is fixed.
struct NormFunction : torch::autograd::Function<NormFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x_ND, const at::Tensor& gain_D,
                              const std::optional<at::Tensor>& bias_D, bool centred, double epsilon) {
        context->save_for_backward({x_ND, gain_D});
        context->saved_data["centred"] = centred;
        context->saved_data["epsilon"] = epsilon;
        context->saved_data["bias"] = bias_D.has_value();
        return norm_rows(x_ND, gain_D, bias_D.value_or(at::Tensor()), centred ? NormKind::kLayer : NormKind::kRms,
                         static_cast<float>(epsilon));
    }

    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &x_ND = saved[0], &gain_D = saved[1], slope_ND = slopes[0].contiguous();
        const NormKind kind = context->saved_data["centred"].toBool() ? NormKind::kLayer : NormKind::kRms;
        const auto epsilon = static_cast<float>(context->saved_data["epsilon"].toDouble());
        const std::int64_t n_rows = x_ND.size(0), width = x_ND.size(1);
        const std::int64_t n_sums = (n_rows + kRowsAtOnce - 1) / kRowsAtOnce;
        at::Tensor of_x, of_gain_SD, of_bias_SD;
        if (context->needs_input_grad(0)) of_x = at::empty_like(x_ND);
        if (context->needs_input_grad(1)) of_gain_SD = at::zeros({n_sums, width}, x_ND.options());
        if (context->saved_data["bias"].toBool() && context->needs_input_grad(2))
            of_bias_SD = at::zeros({n_sums, width}, x_ND.options());
        const auto place = [&](const at::Tensor& out, std::int64_t row) {
            return out.defined() ? out.data_ptr<float>() + row * width : nullptr;
        };
        at::parallel_for(0, n_sums, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t row = begin * kRowsAtOnce; row < std::min(n_rows, end * kRowsAtOnce); ++row)
                row_norm_back(
                    kind, values_of(x_ND) + row * width, values_of(gain_D), values_of(slope_ND) + row * width, width,
                    epsilon,
                    {place(of_x, row), place(of_gain_SD, row / kRowsAtOnce), place(of_bias_SD, row / kRowsAtOnce)});
        });
        const auto summed = [](const at::Tensor& sums_SD) { return sums_SD.defined() ? sums_SD.sum(0) : sums_SD; };
        return {of_x, summed(of_gain_SD), summed(of_bias_SD), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor trained_norm(const at::Tensor& x_ND, const at::Tensor& gain_D, const at::Tensor& bias_D, NormKind kind,
                        double epsilon) {
    if (!x_ND.is_cpu() || x_ND.scalar_type() != at::kFloat) return plain_norm(x_ND, gain_D, bias_D, kind, epsilon);
    std::optional<at::Tensor> bias;
    if (kind == NormKind::kLayer) bias = bias_D.contiguous();
    const at::Tensor rows_ND = x_ND.reshape({-1, x_ND.size(-1)}).contiguous();
    return NormFunction::apply(rows_ND, gain_D.contiguous(), bias, kind == NormKind::kLayer, epsilon)
        .view(x_ND.sizes());
}

}  // namespace gatescope
