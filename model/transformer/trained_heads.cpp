// R rope_dims / 2.
#include "model/transformer/trained_heads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/split_with_sizes.h>

namespace gatescope {
namespace {

at::Tensor normed(const at::Tensor& x_NX, const TrainedNorm& norm) {
    if (!norm.present()) return x_NX;
    return norm.apply(x_NX.reshape({-1, norm.gain_D.numel()})).view(x_NX.sizes());
}

at::Tensor turned(const at::Tensor& x_BHTE, std::int64_t rope_dims, const RopeTable::Slice& rope) {
    const std::int64_t half = rope_dims / 2;
    if (half == 0) return x_BHTE.contiguous();
    const at::Tensor first = x_BHTE.narrow(3, 0, half), second = x_BHTE.narrow(3, half, half);
    const at::Tensor rest = x_BHTE.narrow(3, rope_dims, x_BHTE.size(3) - rope_dims);
    return at::cat({first * rope.cos_TR - second * rope.sin_TR, second * rope.cos_TR + first * rope.sin_TR, rest}, 3);
}

}  // namespace

BatchHeads split_and_rotate(const at::Tensor& qkv_NX, std::int64_t windows, const ModelConfig& config,
                            const TrainedQueryKeyNorms& norms, const RopeTable::Slice& rope) {
    const std::int64_t d_head = config.d_head, length = qkv_NX.size(0) / windows;
    const std::int64_t keys = config.n_kv_heads * d_head;
    const std::vector<at::Tensor> parts = at::split_with_sizes(qkv_NX, {config.n_heads * d_head, keys, keys}, 1);
    const auto heads = [&](const at::Tensor& x_NX) { return x_NX.view({windows, length, -1, d_head}).transpose(1, 2); };
    return {turned(heads(normed(parts[0], norms.query)), config.rope_dims, rope),
            turned(heads(normed(parts[1], norms.key)), config.rope_dims, rope), heads(parts[2]).contiguous()};
}

}  // namespace gatescope
