#include "model/transformer/linear.h"

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

#include <optional>
#include <string_view>

namespace gatescope {
namespace {

using Pack = at::Tensor(const at::Tensor&, std::optional<std::int64_t>);
using Unary = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, std::string_view,
                         c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
using Binary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                          std::string_view);

template <typename Signature>
c10::TypedOperatorHandle<Signature> find(const char* name, const char* overload) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

// Operations that have no function in ATen's headers.
struct PackedOps {
    c10::TypedOperatorHandle<Pack> pack = find<Pack>("mkldnn::_reorder_linear_weight", "");
    c10::TypedOperatorHandle<Unary> unary = find<Unary>("mkldnn::_linear_pointwise", "");
    c10::TypedOperatorHandle<Binary> binary = find<Binary>("mkldnn::_linear_pointwise", "binary");
};

const PackedOps& ops() {
    static const PackedOps found;
    return found;
}

using Bias = std::optional<at::Tensor>;

// oneDNN's name of an activation, and which of its forms.
struct FusedName {
    std::string_view name, form;
};

FusedName fused_name(Activation activation) {
    switch (activation) {
        case Activation::kSilu:
            return {"swish", ""};
        case Activation::kGelu:
            return {"gelu", "none"};
        case Activation::kGeluTanh:
            return {"gelu", "tanh"};
        case Activation::kRelu:
            return {"relu", ""};
    }
    return {"none", ""};
}

at::Tensor packed_apply(const at::Tensor& x, const at::Tensor& weight, const Bias& bias, FusedName what) {
    return ops().unary.call(x, weight, bias, what.name, c10::List<std::optional<at::Scalar>>(), what.form);
}

at::Tensor packed_apply(const at::Tensor& x, const at::Tensor& z, const at::Tensor& weight, const Bias& bias,
                        std::string_view what) {
    return ops().binary.call(x, z, weight, bias, what);
}

// The row count that blocked layouts are chosen for; they serve any other as well.
constexpr std::int64_t kUsualRows = 512;

}  // namespace

Linear::Linear(const at::Tensor& weight_OI, const at::Tensor& bias_O) : weight_(weight_OI) {
    if (bias_O.defined()) bias_O_ = bias_O.device().is_cpu() ? bias_O.clone() : bias_O;
    if (!weight_OI.device().is_cpu()) return;
    try {
        weight_ = ops().pack.call(weight_OI, kUsualRows);
        packed_ = true;
    } catch (const c10::Error&) {
        // No oneDNN, or none for bfloat16 on this processor: the plain tensor is as right, only slower.
        weight_ = weight_OI.clone();
    }
}

at::Tensor Linear::plain(const at::Tensor& x_TI) const {
    return at::linear(x_TI, weight_, bias_O_);
}

at::Tensor Linear::apply(const at::Tensor& x_TI) const {
    return packed_ ? packed_apply(x_TI, weight_, bias_O_, {"none", ""}) : plain(x_TI);
}

at::Tensor Linear::apply(const at::Tensor& x_TI, Activation activation) const {
    return packed_ ? packed_apply(x_TI, weight_, bias_O_, fused_name(activation)) : activate(plain(x_TI), activation);
}

at::Tensor Linear::apply_times(const at::Tensor& x_TI, const at::Tensor& z_TO) const {
    return packed_ ? packed_apply(x_TI, z_TO, weight_, bias_O_, "mul") : plain(x_TI).mul_(z_TO);
}

at::Tensor Linear::apply_plus(const at::Tensor& x_TI, const at::Tensor& z_TO) const {
    return packed_ ? packed_apply(x_TI, z_TO, weight_, bias_O_, "add") : plain(x_TI).add_(z_TO);
}

at::Tensor Linear::apply_gated(const at::Tensor& x_TI, const Linear& gate, Activation activation) const {
    return apply_times(x_TI, gate.apply(x_TI, activation));
}

at::Tensor Linear::weight_OI() const {
    return packed_ ? weight_.to_dense() : weight_;
}

at::Tensor activate(at::Tensor x, Activation activation) {
    switch (activation) {
        case Activation::kSilu:
            return at::silu_(x);
        case Activation::kGelu:
            return at::gelu_(x, "none");
        case Activation::kGeluTanh:
            return at::gelu_(x, "tanh");
        case Activation::kRelu:
            return at::relu_(x);
    }
    return x;
}

at::Tensor times_transpose(const at::Tensor& x_TI, const at::Tensor& w_OI) {
    const bool served = x_TI.scalar_type() == at::kFloat && x_TI.device().is_cpu() && at::globalContext().hasMKLDNN();
    return served ? packed_apply(x_TI, w_OI, std::nullopt, {"none", ""}) : at::linear(x_TI, w_OI);
}

}  // namespace gatescope
