#include "model/transformer/token_nll.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/logsumexp.h>

#include <algorithm>
#include <cmath>

#include "model/transformer/row_kernels.h"

namespace gatescope {

void nll_rows_generic(const at::Tensor& logits_NV, std::span<const std::int32_t> targets, std::span<float> out) {
    const auto count = static_cast<std::int64_t>(targets.size());
    const at::Tensor target_N = at::empty({count}, at::kLong);
    std::copy(targets.begin(), targets.end(), target_N.data_ptr<std::int64_t>());
    const at::Tensor target_N1 = target_N.to(logits_NV.device()).unsqueeze(1);
    const at::Tensor logits = logits_NV.to(at::kFloat);
    const at::Tensor nll_N = (at::logsumexp(logits, -1) - logits.gather(1, target_N1).squeeze(1)).cpu().contiguous();
    std::copy_n(nll_N.const_data_ptr<float>(), count, out.begin());
}

void nll_rows(const at::Tensor& logits_NV, std::span<const std::int32_t> targets, std::span<float> out) {
    if (!logits_NV.device().is_cpu()) return nll_rows_generic(logits_NV, targets, out);
    const at::Tensor logits = logits_NV.to(at::kFloat).contiguous();
    const std::int64_t d_vocab = logits.size(1);
    const float* rows = logits.const_data_ptr<float>();
    at::parallel_for(0, logits.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t n = begin; n < end; ++n) {
            const float* row = rows + n * d_vocab;
            const float shift = row_max(row, d_vocab);
            const auto index = static_cast<std::size_t>(n);
            const double log_sum = std::log(row_exp_sum(row, d_vocab, shift));
            out[index] =
                static_cast<float>(log_sum + (static_cast<double>(shift) - static_cast<double>(row[targets[index]])));
        }
    });
}

}  // namespace gatescope
