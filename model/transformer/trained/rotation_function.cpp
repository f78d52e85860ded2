#include "model/transformer/trained/rotation_function.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor plain_rotation(const at::Tensor& x_BXTE, const at::Tensor& cos_TR, const at::Tensor& sin_TR) {
    const std::int64_t half = cos_TR.size(1), width = x_BXTE.size(3);
    const at::Tensor first = x_BXTE.narrow(3, 0, half), second = x_BXTE.narrow(3, half, half);
    return at::cat({first * cos_TR - second * sin_TR, second * cos_TR + first * sin_TR,
                    x_BXTE.narrow(3, 2 * half, width - 2 * half)},
                   3);
}

at::Tensor turned(const at::Tensor& x, const at::Tensor& cos_TR, const at::Tensor& sin_TR) {
    const at::Tensor x_BXTE = x.stride(3) == 1 ? x : x.contiguous();
    const std::int64_t n_heads = x_BXTE.size(1), length = x_BXTE.size(2), width = x_BXTE.size(3);
    const std::int64_t half = cos_TR.size(1);
    at::Tensor out_BXTE = at::empty(x_BXTE.sizes(), x_BXTE.options());
    const float *in = x_BXTE.const_data_ptr<float>(), *cos = cos_TR.const_data_ptr<float>(),
                *sin = sin_TR.const_data_ptr<float>();
    float* out = out_BXTE.data_ptr<float>();
    const auto strides = x_BXTE.strides();
    at::parallel_for(0, x_BXTE.size(0) * n_heads * length, 256, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t token = row % length, head = row / length % n_heads, window = row / length / n_heads;
            const float* from = in + window * strides[0] + head * strides[1] + token * strides[2];
            float* to = out + row * width;
            row_rotate(from, cos + token * half, sin + token * half, half, to);
            std::copy(from + 2 * half, from + width, to + 2 * half);
        }
    });
    return out_BXTE;
}

struct Rotation : torch::autograd::Function<Rotation> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x_BXTE, const at::Tensor& cos_TR,
                              const at::Tensor& sin_TR) {
        context->save_for_backward({cos_TR, sin_TR});
        return turned(x_BXTE, cos_TR, sin_TR);
    }
    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        return {turned(slopes[0], saved[0], saved[1].neg()), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor trained_rotation(const at::Tensor& x_BXTE, const at::Tensor& cos_TR, const at::Tensor& sin_TR) {
    const bool served = x_BXTE.is_cpu() && x_BXTE.scalar_type() == at::kFloat;
    return served ? Rotation::apply(x_BXTE, cos_TR.contiguous(), sin_TR.contiguous())
                  : plain_rotation(x_BXTE, cos_TR, sin_TR);
}

}  // namespace gatescope
