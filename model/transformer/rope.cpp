#include "model/transformer/rope.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <cstring>

#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

// Token by token: every head's row goes to its place in [head, T, E], rotated where it is a query or key.
template <typename T>
void split_rows(const at::Tensor& qkv, const ModelConfig& config, const RopeTable::Slice& rope, SplitHeads& out) {
    const std::int64_t length = qkv.size(0), width = qkv.size(1), d_head = config.d_head, half = config.rope_dims / 2;
    const auto* in = static_cast<const T*>(qkv.const_data_ptr());
    T* targets[] = {static_cast<T*>(out.q_HTE.data_ptr()), static_cast<T*>(out.k_GTE.data_ptr()),
                    static_cast<T*>(out.v_GTE.data_ptr())};
    const std::int64_t heads[] = {config.n_heads, config.n_kv_heads, config.n_kv_heads};
    const float *cos = rope.cos_TR.const_data_ptr<float>(), *sin = rope.sin_TR.const_data_ptr<float>();
    at::parallel_for(0, length, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t) {
            const T* row = in + t * width;
            for (int part = 0; part < 3; ++part)
                for (std::int64_t head = 0; head < heads[part]; ++head, row += d_head) {
                    T* target = targets[part] + (head * length + t) * d_head;
                    const std::int64_t rotated = part == 2 ? 0 : half;
                    row_rotate(row, cos + t * half, sin + t * half, rotated, target);
                    std::memcpy(target + 2 * rotated, row + 2 * rotated,
                                static_cast<std::size_t>(d_head - 2 * rotated) * sizeof(T));
                }
        }
    });
}

at::Tensor rotate_generic(const at::Tensor& x_HTE, std::int64_t rope_dims, const RopeTable::Slice& rope) {
    const std::int64_t half = rope_dims / 2;
    const at::Tensor x = x_HTE.to(at::kFloat);
    const at::Tensor first = x.narrow(2, 0, half), second = x.narrow(2, half, half);
    const at::Tensor rest = x.narrow(2, rope_dims, x.size(2) - rope_dims);
    return at::cat({first * rope.cos_TR - second * rope.sin_TR, second * rope.cos_TR + first * rope.sin_TR, rest}, 2)
        .to(x_HTE.scalar_type());
}

}  // namespace

RopeTable::RopeTable(std::int64_t rope_dims, double base) : half_(rope_dims / 2), base_(base) {}

void RopeTable::grow(std::int64_t length) {
    at::Tensor cos = at::empty({length, half_}, at::kFloat), sin = at::empty({length, half_}, at::kFloat);
    float *cos_data = cos.data_ptr<float>(), *sin_data = sin.data_ptr<float>();
    at::parallel_for(0, length, 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t)
            for (std::int64_t r = 0; r < half_; ++r) {
                const float exponent = static_cast<float>(2 * r) / static_cast<float>(2 * half_);
                const float frequency = 1.0F / std::pow(static_cast<float>(base_), exponent);
                const float angle = static_cast<float>(t) * frequency;
                cos_data[t * half_ + r] = std::cos(angle);
                sin_data[t * half_ + r] = std::sin(angle);
            }
    });
    cos_ = cos;
    sin_ = sin;
}

RopeTable::Slice RopeTable::upto(std::int64_t length, at::Device device) {
    if (!cos_.defined() || cos_.size(0) < length) grow(length);
    return {cos_.narrow(0, 0, length).to(device), sin_.narrow(0, 0, length).to(device)};
}

SplitHeads split_and_rotate_generic(const at::Tensor& qkv, const ModelConfig& config, const RopeTable::Slice& rope) {
    const std::int64_t heads = config.n_heads, kv_heads = config.n_kv_heads;
    const at::Tensor all_XTE = qkv.view({qkv.size(0), heads + 2 * kv_heads, config.d_head}).transpose(0, 1);
    return {rotate_generic(all_XTE.narrow(0, 0, heads), config.rope_dims, rope).contiguous(),
            rotate_generic(all_XTE.narrow(0, heads, kv_heads), config.rope_dims, rope).contiguous(),
            all_XTE.narrow(0, heads + kv_heads, kv_heads).contiguous()};
}

SplitHeads split_and_rotate(const at::Tensor& qkv, const ModelConfig& config, const RopeTable::Slice& rope) {
    const bool is_float32 = qkv.scalar_type() == at::kFloat, is_bfloat16 = qkv.scalar_type() == at::kBFloat16;
    if (!qkv.device().is_cpu() || !qkv.is_contiguous() || !(is_float32 || is_bfloat16))
        return split_and_rotate_generic(qkv, config, rope);
    const std::int64_t length = qkv.size(0);
    SplitHeads out{at::empty({config.n_heads, length, config.d_head}, qkv.options()),
                   at::empty({config.n_kv_heads, length, config.d_head}, qkv.options()),
                   at::empty({config.n_kv_heads, length, config.d_head}, qkv.options())};
    if (is_float32)
        split_rows<float>(qkv, config, rope, out);
    else
        split_rows<std::uint16_t>(qkv, config, rope, out);
    return out;
}

}  // namespace gatescope
