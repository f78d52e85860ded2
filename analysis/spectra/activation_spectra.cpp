// Shapes: H head, T token, E d_head. Columns of a head: the routing fraction, then for each part its ranks and values.
#include "analysis/spectra/activation_spectra.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <functional>

#include "analysis/spectra/spectra_metrics.h"
#include "analysis/spectra/spectrum_ranks.h"
#include "model/gates/layer_scores.h"
#include "model/kernels/share_heads.h"

namespace gatescope {
namespace {

constexpr std::int64_t kParts = 3;

std::int64_t n_ranks() {
    return static_cast<std::int64_t>(rank_infos().size());
}

// `values` among zeros up to `count`, descending.
std::vector<double> padded(std::vector<double> values, std::int64_t count) {
    const auto negative = std::find_if(values.begin(), values.end(), [](double value) { return value < 0; });
    values.insert(negative, static_cast<std::size_t>(count) - values.size(), 0.0);
    return values;
}

}  // namespace

ActivationRecorder::ActivationRecorder(AnalysedHeads analysed, std::int64_t longest, std::int64_t d_head)
    : analysed_(std::move(analysed)),
      capacity_(std::min(2 * d_head, longest)),
      n_columns_(1 + kParts * (n_ranks() + capacity_)),
      total_(analysed_.layers.size() * analysed_.heads.size() * static_cast<std::size_t>(n_columns_)),
      window_(total_) {}

void ActivationRecorder::begin_window(std::int64_t, std::span<const std::int32_t>) {
    std::fill(window_.begin(), window_.end(), 0.0);
}

void ActivationRecorder::on_layer(const LayerInput& input) {
    if (!analysed_.has_layer(input.layer)) return;
    const at::Tensor heads_H = at::tensor(analysed_.heads, at::kLong).to(input.q_HTE.device());
    const at::Tensor k_HTE = for_query_heads(input.k_GTE, input.q_HTE.size(0));
    const std::vector<ScoreFactor> factors =
        score_factors(input.q_HTE.index_select(0, heads_H), k_HTE.index_select(0, heads_H));
    const std::size_t first = static_cast<std::size_t>(analysed_.row_of(input.layer)) * factors.size();
    share_heads(std::ssize(factors), [&](std::int64_t head) {
        const auto place = static_cast<std::size_t>(head);
        put(score_spectra(factors[place], input.scale), first + place);
    });
}

void ActivationRecorder::put(const ScoreSpectra& head, std::size_t place) {
    auto out = window_.begin() + static_cast<std::ptrdiff_t>(place) * n_columns_;
    *out++ = head.routing_fraction;
    for (const std::vector<double>* values : {&head.skew, &head.symmetric, &head.centred}) {
        const SpectrumRanks ranks = ranks_of(*values);
        for (const RankInfo& rank : rank_infos()) *out++ = rank_of(ranks, rank.id);
        const std::vector<double> all = padded(*values, capacity_);
        out = std::copy(all.begin(), all.end(), out);
    }
}

void ActivationRecorder::commit() {
    std::transform(total_.begin(), total_.end(), window_.begin(), total_.begin(), std::plus<>());
    ++windows_;
}

HeadGrid ActivationRecorder::grid(std::int64_t column) const {
    HeadGrid out{analysed_.n_layers(), analysed_.n_heads(), {}};
    for (auto at = static_cast<std::size_t>(column); at < total_.size(); at += static_cast<std::size_t>(n_columns_))
        out.values.push_back(static_cast<float>(total_[at] / static_cast<double>(windows_)));
    return out;
}

SpectrumPart ActivationRecorder::part(std::int64_t first_column) const {
    SpectrumPart out;
    for (const RankInfo& rank : rank_infos()) out.ranks[rank.id] = grid(first_column++);
    out.values = {analysed_.n_layers(), analysed_.n_heads(), capacity_, {}};
    for (auto at = static_cast<std::size_t>(first_column); at < total_.size();
         at += static_cast<std::size_t>(n_columns_))
        for (std::size_t value = 0; value < static_cast<std::size_t>(capacity_); ++value)
            out.values.values.push_back(static_cast<float>(total_[at + value] / static_cast<double>(windows_)));
    return out;
}

ActivationSpectra ActivationRecorder::table() const {
    const std::int64_t stride = n_ranks() + capacity_;
    return {.windows = windows_,
            .capacity = capacity_,
            .routing_fraction = grid(0),
            .skew = part(1),
            .symmetric = part(1 + stride),
            .centred = part(1 + 2 * stride)};
}

}  // namespace gatescope
