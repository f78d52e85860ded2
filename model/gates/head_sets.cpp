#include "model/gates/head_sets.h"

#include <ATen/ops/empty.h>

namespace gatescope {

at::Tensor& HeadSets::rows_of(const std::vector<std::int64_t>& heads) {
    if (!keep_HQK_.defined()) {
        keep_HQK_ = at::empty(scores_HQK_.sizes(), scores_HQK_.options().dtype(at::kBool));
        has_set_.assign(static_cast<std::size_t>(scores_HQK_.size(0)), false);
    }
    for (const std::int64_t head : heads) has_set_[static_cast<std::size_t>(head)] = true;
    return keep_HQK_;
}

void HeadSets::take(const KeyRanking& ranking, const KeyRules& rules, const std::vector<std::int64_t>& heads) {
    keep_best(ranking.priority_HQK, rules, heads, rows_of(heads));
}

void HeadSets::take(const KeyMask& mask, const KeyRules& rules, const std::vector<std::int64_t>& heads) {
    KeyRules own = rules;
    if (mask.as_it_is) own.k = 0;
    keep_mask(mask.keep_HQK, own, heads, rows_of(heads));
}

at::Tensor HeadSets::finish(const KeyRules& rules) {
    std::vector<std::int64_t> rest;
    for (std::size_t head = 0; head < has_set_.size(); ++head)
        if (!has_set_[head]) rest.push_back(static_cast<std::int64_t>(head));
    if (!rest.empty()) keep_allowed(rules, rest, keep_HQK_);
    return keep_HQK_;
}

}  // namespace gatescope
