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
void norm_rows(const T* rows, const float* gain, std::int64_t n_rows, std::int64_t width, float epsilon, T* out) {
    at::parallel_for(0, n_rows, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            row_rms_norm(rows + row * width, gain, width, epsilon, out + row * width);
    });
}

const std::uint16_t* bits(const at::Tensor& x) {
    return static_cast<const std::uint16_t*>(x.const_data_ptr());
}

}  // namespace

at::Tensor rms_norm_generic(const at::Tensor& x_TD, const at::Tensor& gain_D, double epsilon) {
    const at::Tensor x = x_TD.to(at::kFloat);
    const at::Tensor factor = at::rsqrt(at::mean(x * x, -1, true) + epsilon);
    return (x * factor * gain_D).to(x_TD.scalar_type());
}

at::Tensor rms_norm(const at::Tensor& x_TD, const at::Tensor& gain_D, double epsilon) {
    const bool is_bfloat16 = x_TD.scalar_type() == at::kBFloat16;
    if (!x_TD.device().is_cpu() || !x_TD.is_contiguous() || !(is_bfloat16 || x_TD.scalar_type() == at::kFloat))
        return rms_norm_generic(x_TD, gain_D, epsilon);
    at::Tensor out = at::empty_like(x_TD);
    const std::int64_t width = x_TD.size(-1), n_rows = x_TD.numel() / width;
    const auto narrow_epsilon = static_cast<float>(epsilon);
    const float* gain = gain_D.const_data_ptr<float>();
    if (is_bfloat16)
        norm_rows(bits(x_TD), gain, n_rows, width, narrow_epsilon, static_cast<std::uint16_t*>(out.data_ptr()));
    else
        norm_rows(x_TD.const_data_ptr<float>(), gain, n_rows, width, narrow_epsilon, out.data_ptr<float>());
    return out;
}

}  // namespace gatescope
