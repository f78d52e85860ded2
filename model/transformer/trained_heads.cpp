#include "model/transformer/trained_heads.h"

#include <ATen/ops/split_with_sizes.h>

#include "model/transformer/trained/rotation_function.h"

namespace gatescope {
namespace {

at::Tensor normed(const at::Tensor& x_NX, const TrainedNorm& norm) {
    if (!norm.present()) return x_NX;
    return norm.apply(x_NX.reshape({-1, norm.gain_D.numel()})).view(x_NX.sizes());
}

}  // namespace

BatchHeads split_and_rotate(const at::Tensor& qkv_NX, std::int64_t windows, const ModelConfig& config,
                            const TrainedQueryKeyNorms& norms, const RopeTable::Slice& rope) {
    const std::int64_t d_head = config.d_head, length = qkv_NX.size(0) / windows;
    const std::int64_t keys = config.n_kv_heads * d_head;
    const std::vector<at::Tensor> parts = at::split_with_sizes(qkv_NX, {config.n_heads * d_head, keys, keys}, 1);
    const auto heads = [&](const at::Tensor& x_NX) { return x_NX.view({windows, length, -1, d_head}).transpose(1, 2); };
    const auto turned = [&](const at::Tensor& x_BHTE) {
        return config.rope_dims == 0 ? x_BHTE : trained_rotation(x_BHTE, rope.cos_TR, rope.sin_TR);
    };
    return {turned(heads(normed(parts[0], norms.query))), turned(heads(normed(parts[1], norms.key))), heads(parts[2])};
}

}  // namespace gatescope
