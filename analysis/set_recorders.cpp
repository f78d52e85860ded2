// Shapes: H head, Q query, K key.
#include "analysis/set_recorders.h"

#include <algorithm>

namespace gatescope {

MaskRecorder::MaskRecorder(AnalysedHeads analysed, std::int64_t windows)
    : analysed_(std::move(analysed)), wanted_(static_cast<std::size_t>(windows)) {}

bool MaskRecorder::wants_blocks(std::int64_t layer) const {
    return done_.size() < wanted_ && analysed_.has_layer(layer);
}

void MaskRecorder::begin_window(std::int64_t, std::span<const std::int32_t> ids) {
    open_ = done_.size() < wanted_;
    window_ = {};
    if (!open_) return;
    window_.tokens = static_cast<std::int64_t>(ids.size());
    const std::size_t rows = analysed_.layers.size() * analysed_.heads.size() * ids.size();
    window_.begin.assign(rows, 0);
    window_.size.assign(rows, 0);
}

void MaskRecorder::list_row(const bool* keep, std::int64_t begin, std::int64_t end, std::size_t place) {
    window_.begin[place] = window_.keys.size();
    for (std::int64_t key = begin; key < end; ++key)
        if (keep == nullptr || keep[key]) window_.keys.push_back(static_cast<std::int32_t>(key));
    window_.size[place] = static_cast<std::int32_t>(window_.keys.size() - window_.begin[place]);
}

void MaskRecorder::on_block(const PatternBlock& block) {
    if (!open_) return;
    const bool gated = block.keep_HQK.defined();
    const at::Tensor keep_HQK = gated ? block.keep_HQK.cpu().contiguous() : at::Tensor();
    const auto tokens = static_cast<std::size_t>(window_.tokens);
    const auto layer_row = static_cast<std::size_t>(analysed_.row_of(block.layer));
    for (std::size_t column = 0; column < analysed_.heads.size(); ++column) {
        for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
            const std::int64_t row = query - block.query_begin;
            const bool* keep = gated ? keep_HQK.const_data_ptr<bool>() + analysed_.heads[column] * keep_HQK.stride(0) +
                                           row * keep_HQK.stride(1)
                                     : nullptr;
            const std::int64_t end = block.reach.end(query, block.pattern_HQK.size(2));
            list_row(keep, block.reach.begin(query), end,
                     (layer_row * analysed_.heads.size() + column) * tokens + static_cast<std::size_t>(query));
        }
    }
}

void MaskRecorder::commit() {
    if (!open_) return;
    done_.push_back(std::move(window_));
    made_ = nullptr;
    open_ = false;
}

void MaskRecorder::write(const Window& window, std::size_t first_row, KeySets& sets) const {
    const auto tokens = static_cast<std::size_t>(window.tokens);
    const auto queries = static_cast<std::size_t>(sets.queries), slots = static_cast<std::size_t>(sets.slots);
    for (std::size_t place = 0; place < window.size.size(); ++place) {
        const std::size_t row = first_row + place / tokens * queries + place % tokens;
        std::copy_n(window.keys.begin() + static_cast<std::ptrdiff_t>(window.begin[place]), window.size[place],
                    sets.keys.begin() + static_cast<std::ptrdiff_t>(row * slots));
    }
}

std::shared_ptr<const KeySets> MaskRecorder::sets() const {
    if (made_ || done_.empty()) return made_;
    auto sets = std::make_shared<KeySets>();
    sets->windows = static_cast<std::int64_t>(done_.size());
    sets->layers = analysed_.n_layers();
    sets->heads = analysed_.n_heads();
    for (const Window& window : done_) {
        sets->queries = std::max(sets->queries, window.tokens);
        for (const std::int32_t size : window.size) sets->slots = std::max<std::int64_t>(sets->slots, size);
    }
    const auto rows = static_cast<std::size_t>(sets->layers * sets->heads * sets->queries);
    sets->keys.assign(done_.size() * rows * static_cast<std::size_t>(sets->slots), -1);
    for (std::size_t n = 0; n < done_.size(); ++n) write(done_[n], n * rows, *sets);
    made_ = sets;
    return made_;
}

void PatternRecorder::begin_window(std::int64_t window, std::span<const std::int32_t> ids) {
    window_ = std::make_shared<WindowPatterns>();
    window_->window = window;
    window_->layers = analysed_.n_layers();
    window_->heads = analysed_.n_heads();
    window_->queries = static_cast<std::int64_t>(ids.size());
    window_->probabilities.assign(analysed_.layers.size() * analysed_.heads.size() * ids.size() * ids.size(), 0);
}

void PatternRecorder::on_block(const PatternBlock& block) {
    const at::Tensor half_HQK = block.pattern_HQK.to(at::kHalf).cpu().contiguous();
    const std::int64_t tokens = window_->queries, row = analysed_.row_of(block.layer), n_keys = half_HQK.size(2);
    for (std::int64_t column = 0; column < analysed_.n_heads(); ++column) {
        const std::int64_t head = analysed_.heads[static_cast<std::size_t>(column)];
        for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
            const at::Half* from = half_HQK.const_data_ptr<at::Half>() + head * half_HQK.stride(0) +
                                   (query - block.query_begin) * half_HQK.stride(1);
            const std::int64_t place = ((row * analysed_.n_heads() + column) * tokens + query) * tokens;
            std::transform(from, from + n_keys, window_->probabilities.begin() + place,
                           [](at::Half value) { return value.x; });
        }
    }
}

void PatternRecorder::commit() {
    if (window_) done_.push_back(std::move(window_));
    window_ = nullptr;
}

}  // namespace gatescope
