// N row of the loss, V vocabulary, D d_model, R rows of a block.
#include "model/transformer/trained/nll_function.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/transformer/tile_products.h"
#include "model/transformer/trained/nll_tiles.h"
#include "model/transformer/trained/plain_functions.h"

namespace gatescope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Logits are computed twice, tile by tile, instead of being kept: for the sums of their exponentials, and on the way
// back for their slopes. A third more multiplying costs less than N x V numbers to and from memory.
struct NllFunction : torch::autograd::Function<NllFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& hidden_ND, const at::Tensor& unembedding_VD,
                              const std::optional<at::Tensor>& bias, const at::Tensor& targets_N, double softcap,
                              bool rounded) {
        const at::Tensor bias_V = bias.value_or(at::Tensor()), log_sum_N = at::empty({hidden_ND.size(0)});
        const NllProblem problem{hidden_ND, unembedding_VD, bias_V, targets_N, static_cast<float>(softcap)};
        const double mean =
            rounded ? nll_forward<at::BFloat16>(problem, log_sum_N) : nll_forward<float>(problem, log_sum_N);
        context->save_for_backward({hidden_ND, unembedding_VD, bias_V, targets_N, log_sum_N});
        context->saved_data["softcap"] = softcap;
        context->saved_data["rounded"] = rounded;
        context->saved_data["bias"] = bias.has_value();
        return at::full({}, mean, hidden_ND.options());
    }

    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        const NllProblem problem{saved[0], saved[1], saved[2], saved[3],
                                 static_cast<float>(context->saved_data["softcap"].toDouble())};
        NllSlopes out;
        if (context->needs_input_grad(0)) out.hidden_ND = at::empty_like(problem.hidden_ND);
        if (context->needs_input_grad(1)) out.unembedding_VD = at::empty_like(problem.unembedding_VD);
        if (context->saved_data["bias"].toBool() && context->needs_input_grad(2))
            out.bias_V = at::empty_like(problem.bias_V);
        const auto slope = slopes[0].item<double>();
        if (context->saved_data["rounded"].toBool())
            nll_backward<at::BFloat16>(problem, saved[4], slope, out);
        else
            nll_backward<float>(problem, saved[4], slope, out);
        return {out.hidden_ND, out.unembedding_VD, out.bias_V, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor mean_nll(const at::Tensor& hidden_ND, const at::Tensor& unembedding_VD, const at::Tensor& bias_V,
                    const at::Tensor& targets_N, double softcap, DataType compute) {
    const bool rounded = compute == DataType::kBFloat16;
    const bool served = hidden_ND.is_cpu() && hidden_ND.scalar_type() == at::kFloat &&
                        (rounded ? tiles_serve<at::BFloat16>(2) : tiles_serve<float>(2));
    if (!served) return plain_mean_nll(hidden_ND, unembedding_VD, bias_V, targets_N, softcap, compute);
    std::optional<at::Tensor> bias;
    if (bias_V.defined()) bias = bias_V.contiguous();
    return NllFunction::apply(hidden_ND.contiguous(), unembedding_VD.contiguous(), bias, targets_N.contiguous(),
                              softcap, rounded);
}

}  // namespace gatescope
