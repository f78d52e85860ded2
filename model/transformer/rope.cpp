#include "model/transformer/rope.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "model/transformer/rope_frequencies.h"
#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

// Queries, keys or values of a fused projection, and where they go.
template <typename T>
struct Part {
    std::int64_t heads = 0, rotated_pairs = 0;
    const Norm* norm = nullptr;  // nullptr: none
    T* target = nullptr;         // [heads, T, E]
};

// Token by token: every head's row goes to its place in [head, T, E], normalised and rotated where it is a query or
// key.
template <typename T>
class HeadSplitter {
  public:
    HeadSplitter(const at::Tensor& qkv, const ModelConfig& config, const QueryKeyNorms& norms,
                 const RopeTable::Slice& rope, const SplitHeads& out)
        : in_(static_cast<const T*>(qkv.const_data_ptr())),
          length_(qkv.size(0)),
          width_(qkv.size(1)),
          d_head_(config.d_head),
          half_(config.rope_dims / 2),
          cos_(rope.cos_TR.const_data_ptr<float>()),
          sin_(rope.sin_TR.const_data_ptr<float>()),
          parts_{part(config.n_heads, half_, &norms.query, out.q_HTE),
                 part(config.n_kv_heads, half_, &norms.key, out.k_GTE),
                 part(config.n_kv_heads, 0, nullptr, out.v_GTE)} {}

    void run() const {
        at::parallel_for(0, length_, 16, [&](std::int64_t begin, std::int64_t end) {
            std::vector<T> normed(static_cast<std::size_t>(width_));
            for (std::int64_t t = begin; t < end; ++t) {
                const T* row = in_ + t * width_;
                for (const Part<T>& part : parts_) {
                    place(part, t, part.norm == nullptr ? row : normalised(part, row, normed.data()));
                    row += part.heads * d_head_;
                }
            }
        });
    }

  private:
    static Part<T> part(std::int64_t heads, std::int64_t pairs, const Norm* norm, const at::Tensor& target) {
        const bool normed = norm != nullptr && norm->gain_D.defined();
        return {heads, pairs, normed ? norm : nullptr, static_cast<T*>(target.data_ptr())};
    }

    const T* normalised(const Part<T>& part, const T* row, T* out) const {
        const std::int64_t width = part.norm->gain_D.numel();
        for (std::int64_t first = 0; first < part.heads * d_head_; first += width)
            row_rms_norm(row + first, part.norm->gain_D.template const_data_ptr<float>(), width,
                         static_cast<float>(part.norm->epsilon), out + first);
        return out;
    }

    void place(const Part<T>& part, std::int64_t t, const T* row) const {
        const std::int64_t rotated = 2 * part.rotated_pairs;
        for (std::int64_t head = 0; head < part.heads; ++head, row += d_head_) {
            T* target = part.target + (head * length_ + t) * d_head_;
            row_rotate(row, cos_ + t * half_, sin_ + t * half_, part.rotated_pairs, target);
            std::memcpy(target + rotated, row + rotated, static_cast<std::size_t>(d_head_ - rotated) * sizeof(T));
        }
    }

    const T* in_;
    std::int64_t length_, width_, d_head_, half_;
    const float *cos_, *sin_;
    Part<T> parts_[3];
};

// x: [T, heads, E].
at::Tensor norm_generic(const at::Tensor& x, const Norm& norm) {
    if (!norm.gain_D.defined()) return x;
    return norm.apply_generic(x.reshape({x.size(0), -1, norm.gain_D.numel()})).view(x.sizes());
}

}  // namespace

at::Tensor rotate_heads(const at::Tensor& x_HTE, std::int64_t rope_dims, const RopeTable::Slice& rope) {
    const std::int64_t half = rope_dims / 2;
    const at::Tensor x = x_HTE.to(at::kFloat);
    const at::Tensor first = x.narrow(2, 0, half), second = x.narrow(2, half, half);
    const at::Tensor rest = x.narrow(2, rope_dims, x.size(2) - rope_dims);
    return at::cat({first * rope.cos_TR - second * rope.sin_TR, second * rope.cos_TR + first * rope.sin_TR, rest}, 2)
        .to(x_HTE.scalar_type());
}

RopeTable::RopeTable(const ModelConfig& config) : config_(config) {}

void RopeTable::fill(std::int64_t length) {
    only_length_ = rope_depends_on_length(config_, length) ? length : 0;
    const std::vector<float> frequencies = rope_frequencies(config_, length);
    const auto half = static_cast<std::int64_t>(frequencies.size());
    at::Tensor cos = at::empty({length, half}, at::kFloat), sin = at::empty({length, half}, at::kFloat);
    float *cos_data = cos.data_ptr<float>(), *sin_data = sin.data_ptr<float>();
    at::parallel_for(0, length, 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t)
            for (std::int64_t r = 0; r < half; ++r) {
                const float angle = static_cast<float>(t) * frequencies[static_cast<std::size_t>(r)];
                cos_data[t * half + r] = std::cos(angle);
                sin_data[t * half + r] = std::sin(angle);
            }
    });
    cos_ = cos;
    sin_ = sin;
}

RopeTable::Slice RopeTable::upto(std::int64_t length, at::Device device) {
    const std::int64_t wanted = rope_depends_on_length(config_, length) ? length : 0;
    if (!cos_.defined() || cos_.size(0) < length || only_length_ != wanted) fill(length);
    cos_ = cos_.to(device);  // once: later calls find it there
    sin_ = sin_.to(device);
    return {cos_.narrow(0, 0, length), sin_.narrow(0, 0, length)};
}

SplitHeads split_and_rotate_generic(const at::Tensor& qkv, const ModelConfig& config, const QueryKeyNorms& norms,
                                    const RopeTable::Slice& rope) {
    const std::int64_t heads = config.n_heads, kv_heads = config.n_kv_heads;
    const at::Tensor all_TXE = qkv.view({qkv.size(0), heads + 2 * kv_heads, config.d_head});
    const at::Tensor q_HTE = norm_generic(all_TXE.narrow(1, 0, heads), norms.query).transpose(0, 1);
    const at::Tensor k_GTE = norm_generic(all_TXE.narrow(1, heads, kv_heads), norms.key).transpose(0, 1);
    return {rotate_heads(q_HTE, config.rope_dims, rope).contiguous(),
            rotate_heads(k_GTE, config.rope_dims, rope).contiguous(),
            all_TXE.narrow(1, heads + kv_heads, kv_heads).transpose(0, 1).contiguous()};
}

SplitHeads split_and_rotate(const at::Tensor& qkv, const ModelConfig& config, const QueryKeyNorms& norms,
                            const RopeTable::Slice& rope) {
    const bool is_float32 = qkv.scalar_type() == at::kFloat, is_bfloat16 = qkv.scalar_type() == at::kBFloat16;
    if (!qkv.device().is_cpu() || !qkv.is_contiguous() || !(is_float32 || is_bfloat16))
        return split_and_rotate_generic(qkv, config, norms, rope);
    const std::int64_t length = qkv.size(0);
    SplitHeads out{at::empty({config.n_heads, length, config.d_head}, qkv.options()),
                   at::empty({config.n_kv_heads, length, config.d_head}, qkv.options()),
                   at::empty({config.n_kv_heads, length, config.d_head}, qkv.options())};
    if (is_float32)
        HeadSplitter<float>(qkv, config, norms, rope, out).run();
    else
        HeadSplitter<std::uint16_t>(qkv, config, norms, rope, out).run();
    return out;
}

}  // namespace gatescope
