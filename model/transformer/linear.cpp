#include "model/transformer/linear.h"

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linear.h>
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

at::Tensor packed_apply(const at::Tensor& x, const at::Tensor& weight, std::string_view activation) {
    return ops().unary.call(x, weight, std::nullopt, activation, c10::List<std::optional<at::Scalar>>(), "");
}

at::Tensor packed_apply(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight, std::string_view what) {
    return ops().binary.call(x, y, weight, std::nullopt, what);
}

// The row count that blocked layouts are chosen for; they serve any other as well.
constexpr std::int64_t kUsualRows = 512;

}  // namespace

Linear::Linear(const at::Tensor& weight_OI) : weight_(weight_OI) {
    if (!weight_OI.device().is_cpu()) return;
    try {
        weight_ = ops().pack.call(weight_OI, kUsualRows);
        packed_ = true;
    } catch (const c10::Error&) {
        // No oneDNN, or none for bfloat16 on this processor: the plain tensor is as right, only slower.
        weight_ = weight_OI.clone();
    }
}

at::Tensor Linear::apply(const at::Tensor& x_TI) const {
    return packed_ ? packed_apply(x_TI, weight_, "none") : at::linear(x_TI, weight_);
}

at::Tensor Linear::apply_silu(const at::Tensor& x_TI) const {
    return packed_ ? packed_apply(x_TI, weight_, "swish") : at::silu(at::linear(x_TI, weight_));
}

at::Tensor Linear::apply_times(const at::Tensor& x_TI, const at::Tensor& y_TO) const {
    return packed_ ? packed_apply(x_TI, y_TO, weight_, "mul") : at::linear(x_TI, weight_).mul_(y_TO);
}

at::Tensor Linear::apply_plus(const at::Tensor& x_TI, const at::Tensor& y_TO) const {
    return packed_ ? packed_apply(x_TI, y_TO, weight_, "add") : at::linear(x_TI, weight_).add_(y_TO);
}

at::Tensor times_transpose(const at::Tensor& x_TI, const at::Tensor& w_OI) {
    const bool served = x_TI.scalar_type() == at::kFloat && x_TI.device().is_cpu() && at::globalContext().hasMKLDNN();
    return served ? packed_apply(x_TI, w_OI, "none") : at::linear(x_TI, w_OI);
}

}  // namespace gatescope
