// T token, D d_model, Q query, K key, H head.
#include "analysis/spectra/pair_cosines.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>

#include "analysis/results.h"

namespace gatescope {
namespace {

constexpr double kLeastNorm = 1e-30;  // a token of zeros is like none

// Cosines of a block's queries and keys, 0 where they are no pair: a token with itself, and keys out of reach.
at::Tensor cosines_of(const at::Tensor& unit_TD, const PatternBlock& block) {
    at::Tensor cosine_QK = at::matmul(unit_TD.slice(0, block.query_begin, block.query_end),
                                      unit_TD.slice(0, 0, block.pattern_HQK.size(2)).t());
    if (!block.reach.causal) {
        cosine_QK.diagonal(block.query_begin).zero_();
        return cosine_QK;
    }
    cosine_QK.tril_(block.query_begin - 1);
    if (block.reach.sliding_window > 0) cosine_QK.triu_(block.query_begin + 1 - block.reach.sliding_window);
    return cosine_QK;
}

std::vector<double> listed(const at::Tensor& sums_H) {
    const at::Tensor host_H = sums_H.cpu().contiguous();
    return {host_H.const_data_ptr<double>(), host_H.const_data_ptr<double>() + host_H.numel()};
}

float mean(double sum, double weight) {
    return weight > 0 ? static_cast<float>(sum / weight) : kNaN;
}

}  // namespace

PairCosineRecorder::PairCosineRecorder(AnalysedHeads analysed) : analysed_(std::move(analysed)) {}

void PairCosineRecorder::begin_window(std::int64_t, std::span<const std::int32_t>) {
    window_.clear();
}

void PairCosineRecorder::on_layer(const LayerInput& input) {
    if (!analysed_.has_layer(input.layer)) return;
    const at::Tensor x_TD = input.x_TD.to(at::kFloat);
    unit_TD_ = x_TD / at::linalg_vector_norm(x_TD, 2, {1}, /*keepdim=*/true).clamp_min(kLeastNorm);
}

PairCosineRecorder::Sums PairCosineRecorder::sums_of(const PatternBlock& block) const {
    const at::Tensor cosine_QK = cosines_of(unit_TD_, block);
    const at::Tensor heads_H = at::tensor(analysed_.heads, at::kLong).to(block.pattern_HQK.device());
    const at::Tensor pattern_HQK = analysed_.n_heads() == block.pattern_HQK.size(0)
                                       ? block.pattern_HQK
                                       : block.pattern_HQK.index_select(0, heads_H);
    Sums out;
    out.weight_H =
        pattern_HQK.sum(at::IntArrayRef{1, 2}, /*keepdim=*/false, at::kDouble) -
        pattern_HQK.diagonal(block.query_begin, 1, 2).sum(at::IntArrayRef{1}, /*keepdim=*/false, at::kDouble);
    out.weighted_H = (pattern_HQK * cosine_QK).sum(at::IntArrayRef{1, 2}, /*keepdim=*/false, at::kDouble);
    out.cosine = cosine_QK.sum(at::kDouble);
    for (std::int64_t query = block.query_begin; query < block.query_end; ++query)
        out.pairs += static_cast<double>(block.reach.count(query, block.pattern_HQK.size(2)) - 1);
    return out;
}

void PairCosineRecorder::on_block(const PatternBlock& block) {
    add(window_[block.layer], sums_of(block));
}

void PairCosineRecorder::commit() {
    for (const auto& [layer, sums] : window_) add(total_[layer], sums);
    window_.clear();
    ++windows_;
}

void PairCosineRecorder::add(Sums& to, const Sums& more) {
    if (!to.weight_H.defined()) {
        to = more;
        return;
    }
    to.weight_H = to.weight_H + more.weight_H;
    to.weighted_H = to.weighted_H + more.weighted_H;
    to.cosine = to.cosine + more.cosine;
    to.pairs += more.pairs;
}

PairCosines PairCosineRecorder::table() const {
    const HeadGrid empty{analysed_.n_layers(), analysed_.n_heads(), {}};
    PairCosines out{windows_, empty, empty};
    for (const std::int64_t layer : analysed_.layers) {
        const Sums& sums = total_.at(layer);
        const std::vector<double> weight = listed(sums.weight_H), weighted = listed(sums.weighted_H);
        const auto cosine = sums.cosine.item<double>();
        for (std::size_t head = 0; head < analysed_.heads.size(); ++head) {
            out.attended.values.push_back(mean(weighted[head], weight[head]));
            out.other.values.push_back(mean(cosine - weighted[head], sums.pairs - weight[head]));
        }
    }
    return out;
}

}  // namespace gatescope
