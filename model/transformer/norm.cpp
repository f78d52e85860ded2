#include "model/transformer/norm.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>

#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

template <typename T>
void norm_rows(const Norm& norm, const at::Tensor& x_TD, const at::Tensor& out_TD) {
    const std::int64_t width = x_TD.size(-1), n_rows = x_TD.numel() / width;
    const auto* rows = static_cast<const T*>(x_TD.const_data_ptr());
    auto* out = static_cast<T*>(out_TD.data_ptr());
    const auto epsilon = static_cast<float>(norm.epsilon);
    const float* gain = norm.gain_D.const_data_ptr<float>();
    const float* bias = norm.kind == NormKind::kLayer ? norm.bias_D.const_data_ptr<float>() : nullptr;
    at::parallel_for(0, n_rows, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t first = row * width;
            if (bias == nullptr)
                row_rms_norm(rows + first, gain, width, epsilon, out + first);
            else
                row_layer_norm(rows + first, gain, bias, width, epsilon, out + first);
        }
    });
}

}  // namespace

at::Tensor Norm::apply_generic(const at::Tensor& x_TD) const {
    at::Tensor x = x_TD.to(at::kFloat);
    if (kind == NormKind::kLayer) x = x - at::mean(x, -1, true);
    const at::Tensor factor = at::rsqrt(at::mean(x * x, -1, true) + epsilon);
    at::Tensor out = x * factor * gain_D;
    if (kind == NormKind::kLayer) out = out + bias_D;
    return out.to(x_TD.scalar_type());
}

at::Tensor Norm::apply(const at::Tensor& x_TD) const {
    const bool is_bfloat16 = x_TD.scalar_type() == at::kBFloat16;
    if (!x_TD.device().is_cpu() || !x_TD.is_contiguous() || !(is_bfloat16 || x_TD.scalar_type() == at::kFloat))
        return apply_generic(x_TD);
    at::Tensor out = at::empty_like(x_TD);
    if (is_bfloat16)
        norm_rows<std::uint16_t>(*this, x_TD, out);
    else
        norm_rows<float>(*this, x_TD, out);
    return out;
}

}  // namespace gatescope
