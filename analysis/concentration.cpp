// Shapes: H head, C column.
#include "analysis/concentration.h"

#include <ATen/ops/stack.h>

#include <algorithm>

#include "analysis/concentration_block.h"

namespace gatescope {
namespace {

struct NamedColumn {
    const char* metric;
    std::int64_t column;
    bool later;  // over queries i >= 1
};
constexpr NamedColumn kNamed[] = {{"entropy", kEntropy, false},
                                  {"effective_support", kEffectiveSupport, false},
                                  {"support_90", kSupport90, false},
                                  {"self_mass", kSelfMass, false},
                                  {"mean_distance", kMeanDistance, false},
                                  {"sink_mass", kSinkMass, true},
                                  {"previous_mass", kPreviousMass, true}};

template <typename Number>
void add_to(std::vector<Number>& sums, const std::vector<Number>& more) {
    for (std::size_t index = 0; index < sums.size(); ++index) sums[index] += more[index];
}

}  // namespace

void ConcentrationRecorder::Sums::add(const Sums& other) {
    add_to(columns, other.columns);
    add_to(queries, other.queries);
    add_to(later, other.later);
    add_to(full, other.full);
}

ConcentrationRecorder::ConcentrationRecorder(AnalysedHeads analysed, std::int64_t longest)
    : analysed_(std::move(analysed)), k_(concentration_k(longest)), total_(empty()), window_(empty()) {}

ConcentrationRecorder::Sums ConcentrationRecorder::empty() const {
    const std::size_t layers = analysed_.layers.size(), heads = analysed_.heads.size();
    const auto columns = static_cast<std::size_t>(column_count(k_));
    return {std::vector<double>(layers * heads * columns), std::vector<std::int64_t>(layers),
            std::vector<std::int64_t>(layers), std::vector<std::int64_t>(layers * k_.size())};
}

void ConcentrationRecorder::begin_window(std::int64_t, std::span<const std::int32_t>) {
    window_ = empty();
    blocks_.assign(analysed_.layers.size(), at::Tensor());
}

void ConcentrationRecorder::on_block(const PatternBlock& block) {
    const auto row = static_cast<std::size_t>(analysed_.row_of(block.layer));
    const at::Tensor sums_HC = concentration_of(block, analysed_.heads, k_);
    blocks_[row] = blocks_[row].defined() ? blocks_[row].add(sums_HC) : sums_HC;
    for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
        const std::int64_t n = block.reach.count(query, block.pattern_HQK.size(2));
        window_.queries[row] += 1;
        window_.later[row] += query >= 1 ? 1 : 0;
        for (std::size_t index = 0; index < k_.size() && n > k_[index]; ++index)
            window_.full[row * k_.size() + index] += 1;
    }
}

void ConcentrationRecorder::commit() {
    if (blocks_.empty()) return;
    const at::Tensor host = at::stack(blocks_).cpu();  // [layer, H, C]: one copy a window
    std::copy_n(host.const_data_ptr<double>(), window_.columns.size(), window_.columns.begin());
    total_.add(window_);
    blocks_.clear();
}

// The mean of one column over queries[layer * stride + offset].
HeadGrid ConcentrationRecorder::grid(std::int64_t column, const std::vector<std::int64_t>& queries, std::size_t stride,
                                     std::size_t offset) const {
    HeadGrid out{analysed_.n_layers(), analysed_.n_heads(), {}};
    const auto width = static_cast<std::size_t>(column_count(k_));
    for (std::size_t row = 0; row < analysed_.layers.size(); ++row) {
        const auto count = static_cast<double>(queries[row * stride + offset]);
        for (std::size_t head = 0; head < analysed_.heads.size(); ++head) {
            const std::size_t index = (row * analysed_.heads.size() + head) * width + static_cast<std::size_t>(column);
            out.values.push_back(count > 0 ? static_cast<float>(total_.columns[index] / count) : kNaN);
        }
    }
    return out;
}

Concentration ConcentrationRecorder::table() const {
    Concentration out;
    out.k = k_;
    const auto n_k = static_cast<std::int64_t>(k_.size());
    for (std::int64_t index = 0; index < n_k; ++index) {
        out.mass_at_k.push_back(grid(kFirstMass + index, total_.queries, 1, 0));
        out.mass_at_k_full.push_back(
            grid(kFirstMass + n_k + index, total_.full, k_.size(), static_cast<std::size_t>(index)));
    }
    for (const NamedColumn& named : kNamed)
        out.figures[named.metric] = grid(named.column, named.later ? total_.later : total_.queries, 1, 0);
    return out;
}

}  // namespace gatescope
