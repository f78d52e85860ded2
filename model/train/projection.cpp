#include "model/train/projection.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include <numeric>
#include <vector>

#include "model/gates/key_sets.h"

namespace gatescope {

at::Tensor projection_gradient(const at::Tensor& x_TD, const at::Tensor& gradient_HTC) {
    const std::int64_t n_heads = gradient_HTC.size(0), length = gradient_HTC.size(1), width = gradient_HTC.size(2);
    const at::Tensor side_by_side = gradient_HTC.transpose(0, 1).reshape({length, n_heads * width});
    return at::mm(x_TD.t(), side_by_side).view({x_TD.size(1), n_heads, width}).transpose(0, 1).contiguous();
}

at::Tensor best_columns(const at::Tensor& scores_SQK, const PatternBlock& block, std::int64_t k) {
    at::Tensor keep_SQK = at::empty(scores_SQK.sizes(), scores_SQK.options().dtype(at::kBool));
    std::vector<std::int64_t> heads(static_cast<std::size_t>(scores_SQK.size(0)));
    std::iota(heads.begin(), heads.end(), 0);
    keep_best(scores_SQK, {block.query_begin, block.reach, k, 0, 0}, heads, keep_SQK);
    return keep_SQK.to(at::kFloat);
}

}  // namespace gatescope
