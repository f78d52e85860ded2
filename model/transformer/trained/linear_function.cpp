#include "model/transformer/trained/linear_function.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/transformer/tile_products.h"
#include "model/transformer/trained/matrix_products.h"
#include "model/transformer/trained/plain_functions.h"

namespace gatescope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

MatrixView view_of(const at::Tensor& matrix) {
    return {matrix.const_data_ptr<float>(), matrix.size(0), matrix.size(1), matrix.size(1)};
}

// x_NI W_OI^T + bias_O, and its gradients, with T multiplied.
template <typename T>
struct Products {
    static at::Tensor forward(const at::Tensor& x_NI, const at::Tensor& weight_OI, const at::Tensor& bias_O) {
        at::Tensor y_NO = at::empty({x_NI.size(0), weight_OI.size(0)}, x_NI.options());
        multiply<T>(view_of(x_NI), Panels<T>(view_of(weight_OI), true),
                    bias_O.defined() ? bias_O.const_data_ptr<float>() : nullptr, y_NO.data_ptr<float>());
        return y_NO;
    }
    static at::Tensor of_x(const at::Tensor& slope_NO, const at::Tensor& weight_OI) {
        at::Tensor out_NI = at::empty({slope_NO.size(0), weight_OI.size(1)}, slope_NO.options());
        multiply<T>(view_of(slope_NO), Panels<T>(view_of(weight_OI), false), nullptr, out_NI.data_ptr<float>());
        return out_NI;
    }
    static at::Tensor of_weight(const at::Tensor& slope_NO, const at::Tensor& x_NI, const at::Tensor& sums_O) {
        at::Tensor out_OI = at::empty({slope_NO.size(1), x_NI.size(1)}, slope_NO.options());
        multiply_transposed<T>(view_of(slope_NO), Panels<T>(view_of(x_NI), false), out_OI.data_ptr<float>(),
                               sums_O.defined() ? sums_O.data_ptr<float>() : nullptr);
        return out_OI;
    }
};

struct LinearFunction : torch::autograd::Function<LinearFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x_NI, const at::Tensor& weight_OI,
                              const std::optional<at::Tensor>& bias, bool rounded) {
        context->save_for_backward(
            {weight_OI.requires_grad() ? x_NI : at::Tensor(), x_NI.requires_grad() ? weight_OI : at::Tensor()});
        context->saved_data["rounded"] = rounded;
        context->saved_data["bias"] = bias.has_value();
        const at::Tensor bias_O = bias.value_or(at::Tensor());
        return rounded ? Products<at::BFloat16>::forward(x_NI, weight_OI, bias_O)
                       : Products<float>::forward(x_NI, weight_OI, bias_O);
    }

    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &x_NI = saved[0], &weight_OI = saved[1], slope_NO = slopes[0].contiguous();
        const bool rounded = context->saved_data["rounded"].toBool();
        at::Tensor of_x, of_weight, of_bias;
        if (context->saved_data["bias"].toBool() && context->needs_input_grad(2))
            of_bias = at::empty({slope_NO.size(1)}, slope_NO.options());
        if (context->needs_input_grad(1))
            of_weight = rounded ? Products<at::BFloat16>::of_weight(slope_NO, x_NI, of_bias)
                                : Products<float>::of_weight(slope_NO, x_NI, of_bias);
        else if (of_bias.defined())
            of_bias = slope_NO.sum(0);
        if (context->needs_input_grad(0))
            of_x = rounded ? Products<at::BFloat16>::of_x(slope_NO, weight_OI)
                           : Products<float>::of_x(slope_NO, weight_OI);
        return {of_x, of_weight, of_bias, at::Tensor()};
    }
};

bool served(const at::Tensor& x_NI, DataType compute) {
    if (!x_NI.is_cpu() || x_NI.scalar_type() != at::kFloat) return false;
    return compute == DataType::kBFloat16 ? tiles_serve<at::BFloat16>(2) : tiles_serve<float>(2);
}

}  // namespace

at::Tensor trained_linear(const at::Tensor& x_NI, const at::Tensor& weight_OI, const at::Tensor& bias_O,
                          DataType compute) {
    if (!served(x_NI, compute)) return plain_linear(x_NI, weight_OI, bias_O, compute);
    std::vector<std::int64_t> sizes = x_NI.sizes().vec();
    sizes.back() = weight_OI.size(0);
    const at::Tensor rows_NI = x_NI.reshape({-1, x_NI.size(-1)}).contiguous();
    std::optional<at::Tensor> bias;
    if (bias_O.defined()) bias = bias_O.contiguous();
    return LinearFunction::apply(rows_NI, weight_OI.contiguous(), bias, compute == DataType::kBFloat16).view(sizes);
}

}  // namespace gatescope
