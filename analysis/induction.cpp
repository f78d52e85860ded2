// Shapes: H head, Q query, K key.
#include "analysis/induction.h"

#include <ATen/ops/diagonal.h>

#include <algorithm>

#include "model/core/philox.h"

namespace gatescope {
namespace {

// Sum over queries i >= n of P[i, i - back], one value a head.
std::vector<double> sum_behind(const PatternBlock& block, std::int64_t n, std::int64_t back,
                               const std::vector<std::int64_t>& heads) {
    const std::int64_t first = std::max(block.query_begin, n);
    if (first >= block.query_end) return std::vector<double>(heads.size());
    const at::Tensor rows_HQK = block.pattern_HQK.slice(1, first - block.query_begin);
    const at::Tensor sums_H = at::diagonal(rows_HQK, first - back, 1, 2).to(at::kDouble).sum(-1).cpu();
    std::vector<double> out;
    for (const std::int64_t head : heads) out.push_back(sums_H.const_data_ptr<double>()[head]);
    return out;
}

}  // namespace

std::vector<std::int32_t> induction_sequence(std::int64_t window_length, std::int64_t d_vocab, std::int64_t seed) {
    const auto bits = static_cast<std::uint64_t>(seed);
    const PhiloxKey key{static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
    std::vector<std::int32_t> ids;
    for (std::int64_t index = 0; index < window_length / 2; ++index) {
        const PhiloxCounter words = philox({static_cast<std::uint32_t>(index), 0, 0, 0}, key);
        const std::uint64_t wide = static_cast<std::uint64_t>(words[0]) * static_cast<std::uint64_t>(d_vocab);
        ids.push_back(static_cast<std::int32_t>(wide >> 32));
    }
    const std::vector<std::int32_t> once = ids;
    ids.insert(ids.end(), once.begin(), once.end());
    return ids;
}

InductionRecorder::InductionRecorder(AnalysedHeads analysed) : analysed_(std::move(analysed)) {}

void InductionRecorder::begin_window(std::int64_t, std::span<const std::int32_t> ids) {
    half_ = static_cast<std::int64_t>(ids.size()) / 2;
    induction_.assign(analysed_.layers.size() * analysed_.heads.size(), 0);
    duplicate_ = induction_;
}

void InductionRecorder::on_block(const PatternBlock& block) {
    const std::size_t first = static_cast<std::size_t>(analysed_.row_of(block.layer)) * analysed_.heads.size();
    const auto add = [&](std::vector<double>& sums, std::int64_t back) {
        const std::vector<double> more = sum_behind(block, half_, back, analysed_.heads);
        for (std::size_t head = 0; head < more.size(); ++head) sums[first + head] += more[head];
    };
    add(induction_, half_ - 1);
    add(duplicate_, half_);
}

void InductionRecorder::commit() {
    done_ = true;
}

HeadGrid InductionRecorder::grid(const std::vector<double>& sums) const {
    HeadGrid out{analysed_.n_layers(), analysed_.n_heads(), {}};
    for (const double sum : sums) out.values.push_back(static_cast<float>(sum / static_cast<double>(half_)));
    return out;
}

std::map<std::string, HeadGrid> InductionRecorder::grids() const {
    if (!done_) return {};
    return {{"induction_score", grid(induction_)}, {"duplicate_score", grid(duplicate_)}};
}

}  // namespace gatescope
