#include "model/transformer/trained/plain_functions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tanh.h>

#include <limits>

#include "model/key_reach_aten.h"

namespace gatescope {
namespace {

// Rounded to what is multiplied, as float32 again.
at::Tensor rounded(const at::Tensor& x, DataType compute) {
    return compute == DataType::kBFloat16 ? x.to(at::kBFloat16).to(at::kFloat) : x;
}

// On other devices than the CPU bfloat16 is multiplied as it is: sums are float32 there, too, the result is rounded.
at::Tensor product(const at::Tensor& x_NI, const at::Tensor& weight_OI, DataType compute) {
    if (compute == DataType::kBFloat16 && !x_NI.is_cpu())
        return at::linear(x_NI.to(at::kBFloat16), weight_OI.to(at::kBFloat16)).to(at::kFloat);
    return at::linear(rounded(x_NI, compute), rounded(weight_OI, compute));
}

at::Tensor capped(const at::Tensor& x, double cap) {
    return cap == 0 ? x : at::tanh(x / cap) * cap;
}

// [B, G, T, E] to [B, H, T, E].
at::Tensor for_query_heads(const at::Tensor& x_BGTE, std::int64_t n_heads) {
    return x_BGTE.repeat_interleave(n_heads / x_BGTE.size(1), 1);
}

}  // namespace

at::Tensor plain_linear(const at::Tensor& x_NI, const at::Tensor& weight_OI, const at::Tensor& bias_O,
                        DataType compute) {
    const at::Tensor y_NO = product(x_NI, weight_OI, compute);
    return bias_O.defined() ? y_NO + bias_O : y_NO;
}

at::Tensor plain_norm(const at::Tensor& x_ND, const at::Tensor& gain_D, const at::Tensor& bias_D, NormKind kind,
                      double epsilon) {
    const at::Tensor x = kind == NormKind::kLayer ? x_ND - at::mean(x_ND, -1, true) : x_ND;
    const at::Tensor out = x * at::rsqrt(at::mean(x * x, -1, true) + epsilon) * gain_D;
    return bias_D.defined() ? out + bias_D : out;
}

at::Tensor plain_mean_nll(const at::Tensor& hidden_ND, const at::Tensor& unembedding_VD, const at::Tensor& bias_V,
                          const at::Tensor& targets_N, double softcap, DataType compute) {
    const at::Tensor logits_NV = capped(plain_linear(hidden_ND, unembedding_VD, bias_V, compute), softcap);
    const at::Tensor scored_N = targets_N.ge(0);
    const at::Tensor target_N1 = targets_N.clamp_min(0).unsqueeze(1);
    const at::Tensor nll_N = at::logsumexp(logits_NV, -1) - logits_NV.gather(1, target_N1).squeeze(1);
    return at::sum(nll_N * scored_N) / scored_N.sum().clamp_min(1);
}

at::Tensor plain_attention(const TrainedHeads& heads, const at::Tensor& bias_BHQK, const at::Tensor& keep_BHQK,
                           DataType compute) {
    constexpr double kNever = -std::numeric_limits<double>::infinity();
    const at::Tensor q_BHTE = rounded(heads.q_BHTE, compute);
    const std::int64_t n_heads = q_BHTE.size(1), length = q_BHTE.size(2);
    const at::Tensor k_BHTE = for_query_heads(rounded(heads.k_BGTE, compute), n_heads);
    const at::Tensor v_BHTE = for_query_heads(rounded(heads.v_BGTE, compute), n_heads);
    at::Tensor scores_BHQK = capped(at::matmul(q_BHTE, k_BHTE.transpose(-1, -2)) * heads.scale, heads.softcap);
    if (bias_BHQK.defined()) scores_BHQK = scores_BHQK + bias_BHQK;
    at::Tensor allowed_BHQK = allowed_keys_QK(heads.reach, 0, length, 0, length, q_BHTE.options());
    if (keep_BHQK.defined()) allowed_BHQK = allowed_BHQK.logical_and(keep_BHQK);
    const at::Tensor no_keys = allowed_BHQK.any(-1, true).logical_not();
    const at::Tensor masked_BHQK =
        scores_BHQK.masked_fill(allowed_BHQK.logical_not(), kNever).masked_fill(no_keys, 0.0);
    const at::Tensor pattern_BHQK = at::softmax(masked_BHQK, -1).masked_fill(no_keys, 0.0);
    const at::Tensor z_BHTE = at::matmul(rounded(pattern_BHQK, compute), v_BHTE);
    return z_BHTE.transpose(1, 2).reshape({z_BHTE.size(0), length, -1});
}

bool fused_attention_serves(const TrainedHeads& heads) {
    return heads.softcap == 0 && heads.reach.sliding_window == 0;
}

at::Tensor fused_attention(const TrainedHeads& heads, DataType compute) {
    const at::ScalarType type = compute == DataType::kBFloat16 ? at::kBFloat16 : at::kFloat;
    const std::int64_t n_heads = heads.q_BHTE.size(1);
    const at::Tensor z_BHTE = at::scaled_dot_product_attention(
        heads.q_BHTE.to(type), for_query_heads(heads.k_BGTE.to(type), n_heads),
        for_query_heads(heads.v_BGTE.to(type), n_heads), {}, 0.0, heads.reach.causal, heads.scale);
    return z_BHTE.to(at::kFloat).transpose(1, 2).flatten(2);
}

at::Tensor plain_activation(const at::Tensor& x, Activation activation) {
    switch (activation) {
        case Activation::kSilu:
            return at::silu(x);
        case Activation::kGelu:
            return at::gelu(x, "none");
        case Activation::kGeluTanh:
            return at::gelu(x, "tanh");
        case Activation::kRelu:
            return at::relu(x);
    }
    return x;
}

}  // namespace gatescope
