// Shapes: H head, Q query, K key.
#include "analysis/agreement.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <limits>

#include "model/core/cpu_clones.h"
#include "model/core/top_cut.h"
#include "model/gates/key_sets.h"
#include "model/key_reach_aten.h"
#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

struct AgreementFindings final : LayerFindings {
    std::vector<OverlapSums> heads;  // analysed ones; of those without a set: nothing
};

std::int64_t key_count(const PatternBlock& block, std::int64_t query) {
    return block.reach.count(query, block.scores_HQK.size(2));
}

struct RowCounts {
    std::int32_t both = 0, kept = 0, wanted = 0;
};

// Of n > k keys, ranked as keep_best() does. `bits`: room for n.
GATESCOPE_CPU_CLONES RowCounts counts_of_row(const float* scores, const bool* keep, std::int64_t n, std::int64_t k,
                                             std::int32_t* bits) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) bits[j] = ordered_bits(scores[j]);
    const TopCut cut = find_top_cut(bits, n, k);
    std::int32_t both = 0, kept = 0, wanted = 0;
#pragma omp simd reduction(+ : wanted)
    for (std::int64_t j = 0; j < n; ++j) wanted += bits[j] > cut.above ? 1 : 0;
#pragma omp simd reduction(+ : both, kept)
    for (std::int64_t j = 0; j < n; ++j) {
        const auto is_kept = static_cast<std::int32_t>(keep[j]);
        kept += is_kept;
        both += bits[j] > cut.above ? is_kept : 0;
    }
    std::int64_t ties = cut.ties;
    for (std::int64_t j = 0; j < n && ties > 0; ++j) {
        if (bits[j] != cut.above) continue;
        --ties;
        ++wanted;
        both += keep[j] ? 1 : 0;
    }
    return {both, kept, wanted};
}

// A head without a set keeps its n_i keys, the oracle's k among them.
OverlapSums untouched(const KeyReach& reach, std::int64_t query_begin, std::int64_t query_end, std::int64_t length,
                      std::int64_t k) {
    OverlapSums sums;
    for (std::int64_t query = query_begin; query < query_end; ++query) {
        const std::int64_t n = reach.count(query, length);
        if (n > k) sums.add({static_cast<double>(k), static_cast<double>(n), static_cast<double>(k), 0});
        sums.captured += 1;
    }
    return sums;
}

float ratio(double part, double whole) {
    return whole > 0 ? static_cast<float>(part / whole) : kNaN;
}

float f1_of(const OverlapSums& sums) {
    if (sums.wanted <= 0) return kNaN;
    return static_cast<float>(2 * sums.both / (sums.kept + sums.wanted));  // 2 p r / (p + r)
}

}  // namespace

void OverlapSums::add(const OverlapSums& other) {
    both += other.both;
    kept += other.kept;
    wanted += other.wanted;
    captured += other.captured;
}

OverlapSums overlap_of(const PatternBlock& block, std::int64_t head, std::int64_t k) {
    if (!block.keep_HQK.is_cpu()) return overlap_of_aten(block, head, k);
    const at::Tensor scores_QK = block.scores_HQK.select(0, head).contiguous();
    const at::Tensor keep_QK = block.keep_HQK.select(0, head).contiguous();
    const std::int64_t n_keys = keep_QK.size(1);
    std::vector<std::int32_t> bits(static_cast<std::size_t>(n_keys));
    OverlapSums sums;
    for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
        const std::int64_t n = key_count(block, query), first = block.reach.begin(query);
        const std::int64_t at = (query - block.query_begin) * n_keys + first;
        const float* scores = scores_QK.const_data_ptr<float>() + at;
        const bool* keep = keep_QK.const_data_ptr<bool>() + at;
        sums.captured += row_kept_mass(scores, keep, n);
        if (n <= k) continue;
        const RowCounts counts = counts_of_row(scores, keep, n, k, bits.data());
        sums.add({static_cast<double>(counts.both), static_cast<double>(counts.kept),
                  static_cast<double>(counts.wanted), 0});
    }
    return sums;
}

OverlapSums overlap_of_aten(const PatternBlock& block, std::int64_t head, std::int64_t k) {
    const at::Tensor scores_1QK = block.scores_HQK.narrow(0, head, 1), keep_QK = block.keep_HQK.select(0, head);
    at::Tensor oracle_1QK = at::empty(scores_1QK.sizes(), scores_1QK.options().dtype(at::kBool));
    aten::keep_best(scores_1QK, {block.query_begin, block.reach, k, 0, 0}, {0}, oracle_1QK);
    const at::Tensor oracle_QK = oracle_1QK.select(0, 0);
    const at::Tensor dense_QK = at::softmax(scores_1QK.select(0, 0), -1, at::kDouble);
    const at::Tensor counts_Q1 =
        key_counts_Q(block.reach, block.query_begin, block.query_end, keep_QK.size(1), keep_QK.options())
            .gt(k)
            .unsqueeze(1);
    const auto count = [&](const at::Tensor& set) {
        return static_cast<double>(set.logical_and(counts_Q1).sum().item<std::int64_t>());
    };
    return {count(keep_QK.logical_and(oracle_QK)), count(keep_QK), count(oracle_QK),
            dense_QK.mul(keep_QK).sum().item<double>()};
}

std::vector<KeyReach> reaches_of(const ModelConfig& model) {
    std::vector<KeyReach> reaches;
    for (std::int64_t layer = 0; layer < model.n_layers; ++layer)
        reaches.push_back({model.causal, model.window_of(layer)});
    return reaches;
}

AgreementRecorder::AgreementRecorder(AnalysedHeads analysed, GateSpec gate, std::int64_t window_length,
                                     std::vector<KeyReach> reaches)
    : analysed_(std::move(analysed)),
      gate_(std::move(gate)),
      window_length_(window_length),
      reaches_(std::move(reaches)),
      total_(analysed_.layers.size() * analysed_.heads.size()),
      window_(total_.size()) {}

KeyReach AgreementRecorder::reach_of(std::int64_t layer) const {
    return reaches_.empty() ? KeyReach{} : reaches_[static_cast<std::size_t>(layer)];
}

bool AgreementRecorder::keeps_set(std::int64_t layer, std::int64_t head) const {
    const GateTerm* term = gate_.term_for(layer, head);
    return term != nullptr && gate_info(term->id).traits.hard;
}

bool AgreementRecorder::wants_blocks(std::int64_t layer) const {
    return analysed_.has_layer(layer) && std::any_of(analysed_.heads.begin(), analysed_.heads.end(),
                                                     [&](std::int64_t head) { return keeps_set(layer, head); });
}

// The k of the head's term; heads that no term touches are measured by the first term's.
std::int64_t AgreementRecorder::budget(std::int64_t layer, std::int64_t head) const {
    if (const GateTerm* term = gate_.term_for(layer, head)) return budget_of(*term, window_length_);
    return gate_.terms.empty() ? window_length_ : budget_of(gate_.terms.front(), window_length_);
}

void AgreementRecorder::begin_window(std::int64_t, std::span<const std::int32_t> ids) {
    std::fill(window_.begin(), window_.end(), OverlapSums{});
    window_queries_ = static_cast<std::int64_t>(ids.size());
}

void AgreementRecorder::on_block(const PatternBlock& block) {
    OverlapSums* const row = window_.data() + row_begin(block.layer);
    at::parallel_for(0, analysed_.n_heads(), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t column = begin; column < end; ++column) {
            const std::int64_t head = analysed_.heads[static_cast<std::size_t>(column)];
            if (!keeps_set(block.layer, head)) continue;
            const std::int64_t k = budget(block.layer, head);
            row[column].add(block.keep_HQK.defined() ? overlap_of(block, head, k)
                                                     : untouched(block.reach, block.query_begin, block.query_end,
                                                                 block.scores_HQK.size(2), k));
        }
    });
}

std::shared_ptr<const LayerFindings> AgreementRecorder::findings(std::int64_t layer) const {
    auto found = std::make_shared<AgreementFindings>();
    const auto row = window_.begin() + static_cast<std::ptrdiff_t>(row_begin(layer));
    found->heads.assign(row, row + analysed_.n_heads());
    return found;
}

void AgreementRecorder::take(std::int64_t layer, const LayerFindings& found) {
    std::ranges::copy(static_cast<const AgreementFindings&>(found).heads,
                      window_.begin() + static_cast<std::ptrdiff_t>(row_begin(layer)));
}

void AgreementRecorder::commit() {
    auto sums = window_.begin();
    for (const std::int64_t layer : analysed_.layers)
        for (const std::int64_t head : analysed_.heads) {
            if (!keeps_set(layer, head))
                *sums = untouched(reach_of(layer), 0, window_queries_, window_queries_, budget(layer, head));
            ++sums;
        }
    for (std::size_t index = 0; index < total_.size(); ++index) total_[index].add(window_[index]);
    queries_ += window_queries_;
    begin_window(0, {});
}

std::map<std::string, HeadGrid> AgreementRecorder::grids() const {
    const HeadGrid empty{analysed_.n_layers(), analysed_.n_heads(), std::vector<float>(total_.size(), kNaN)};
    HeadGrid precision = empty, recall = empty, f1 = empty, captured = empty;
    for (std::size_t index = 0; index < total_.size(); ++index) {
        const OverlapSums& sums = total_[index];
        precision.values[index] = ratio(sums.both, sums.kept);
        recall.values[index] = ratio(sums.both, sums.wanted);
        f1.values[index] = f1_of(sums);
        captured.values[index] = ratio(sums.captured, static_cast<double>(queries_));
    }
    return {{"precision", precision}, {"recall", recall}, {"f1", f1}, {"captured_mass", captured}};
}

void SparsityRecorder::begin_window(std::int64_t, std::span<const std::int32_t> ids) {
    tokens_ = static_cast<std::int64_t>(ids.size());
    window_.clear();
}

bool SparsityRecorder::wants_blocks(std::int64_t layer) const {
    return std::any_of(gate_.terms.begin(), gate_.terms.end(),
                       [&](const GateTerm& term) { return !GateSpec{{term}}.dense() && term.layers.contains(layer); });
}

void SparsityRecorder::on_block(const PatternBlock& block) {
    if (block.query_end != tokens_) return;
    const auto n = static_cast<double>(key_count(block, tokens_ - 1));
    for (std::int64_t head = 0; head < block.pattern_HQK.size(0); ++head) {
        if (gate_.term_for(block.layer, head) == nullptr) continue;
        const bool set = block.keep_HQK.defined();
        const double kept =
            set ? static_cast<double>(block.keep_HQK.select(0, head).select(0, -1).sum().item<std::int64_t>()) : n;
        Shares& shares = window_[block.layer];
        shares.sum += kept / n;
        ++shares.heads;
    }
}

struct SparsityRecorder::Findings final : LayerFindings {
    explicit Findings(Shares of_layer) : shares(of_layer) {}
    Shares shares;
};

std::shared_ptr<const LayerFindings> SparsityRecorder::findings(std::int64_t layer) const {
    const auto shares = window_.find(layer);
    return std::make_shared<Findings>(shares == window_.end() ? Shares{} : shares->second);
}

void SparsityRecorder::take(std::int64_t layer, const LayerFindings& found) {
    window_[layer] = static_cast<const Findings&>(found).shares;
}

void SparsityRecorder::commit() {
    for (const auto& [layer, shares] : window_) {
        total_.sum += shares.sum;
        total_.heads += shares.heads;
    }
    ++windows_;
    begin_window(0, {});
}

double SparsityRecorder::sparsity() const {
    if (windows_ == 0) return std::numeric_limits<double>::quiet_NaN();
    return total_.heads == 0 ? 0.0 : 1.0 - total_.sum / static_cast<double>(total_.heads);
}

}  // namespace gatescope
