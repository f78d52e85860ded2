#include "model/transformer/trained/attention_function.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/transformer/tile_products.h"
#include "model/transformer/trained/attention_heads.h"
#include "model/transformer/trained/neighbours.h"
#include "model/transformer/trained/plain_functions.h"

namespace gatescope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Rules {
    double scale, softcap;
    bool causal;
    std::int64_t sliding_window;
};

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& q_BHTE, const at::Tensor& k_BGTE,
                              const at::Tensor& v_BGTE, const std::optional<at::Tensor>& bias_BHQK,
                              const std::optional<at::Tensor>& keep_BHQK, const Rules& rules) {
        const at::Tensor bias = bias_BHQK.value_or(at::Tensor()), keep = keep_BHQK.value_or(at::Tensor());
        context->save_for_backward({q_BHTE, k_BGTE, v_BGTE, bias, keep});
        context->saved_data["scale"] = rules.scale;
        context->saved_data["softcap"] = rules.softcap;
        context->saved_data["causal"] = rules.causal;
        context->saved_data["sliding_window"] = rules.sliding_window;
        context->saved_data["bias"] = bias.defined();
        return attention_forward(
            {{q_BHTE, k_BGTE, v_BGTE, rules.scale, rules.softcap, {rules.causal, rules.sliding_window}}, bias, keep});
    }

    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        auto& rules = context->saved_data;
        const AttentionProblem problem{{saved[0],
                                        saved[1],
                                        saved[2],
                                        rules["scale"].toDouble(),
                                        rules["softcap"].toDouble(),
                                        {rules["causal"].toBool(), rules["sliding_window"].toInt()}},
                                       saved[3],
                                       saved[4]};
        const auto room = [&](bool asked, const at::Tensor& like) {
            return asked ? at::empty(like.sizes(), like.options()) : at::Tensor();
        };
        const AttentionSlopes out{room(context->needs_input_grad(0), saved[0]),
                                  room(context->needs_input_grad(1), saved[1]),
                                  room(context->needs_input_grad(2), saved[2]),
                                  room(rules["bias"].toBool() && context->needs_input_grad(3), saved[3])};
        attention_backward(problem, slopes[0].contiguous(), out);
        return {out.q_BHTE, out.k_BGTE, out.v_BGTE, out.bias_BHQK, at::Tensor(), at::Tensor()};
    }
};

bool served(const at::Tensor& q_BHTE) {
    return q_BHTE.is_cpu() && q_BHTE.scalar_type() == at::kFloat && tiles_serve<float>(q_BHTE.size(3));
}

}  // namespace

at::Tensor trained_attention(const TrainedHeads& heads, const at::Tensor& bias_BHQK, const at::Tensor& keep_BHQK,
                             DataType compute) {
    if (!served(heads.q_BHTE)) {
        const bool bare = !bias_BHQK.defined() && !keep_BHQK.defined();
        return bare && fused_attention_serves(heads) ? fused_attention(heads, compute)
                                                     : plain_attention(heads, bias_BHQK, keep_BHQK, compute);
    }
    const std::int64_t windows = heads.q_BHTE.size(0), n_heads = heads.q_BHTE.size(1), length = heads.q_BHTE.size(2);
    const auto for_all = [&](const at::Tensor& x) {
        return with_neighbours(x.expand({windows, n_heads, length, length}));  // one value for all keys has none
    };
    std::optional<at::Tensor> bias, keep;
    if (bias_BHQK.defined()) bias = for_all(bias_BHQK);
    if (keep_BHQK.defined()) keep = for_all(keep_BHQK);
    const Rules rules{heads.scale, heads.softcap, heads.reach.causal, heads.reach.sliding_window};
    return AttentionFunction::apply(with_neighbours(heads.q_BHTE), with_neighbours(heads.k_BGTE),
                                    with_neighbours(heads.v_BGTE), bias, keep, rules)
        .flatten(2);
}

}  // namespace gatescope
