#include "analysis/cost_recorder.h"

#include <algorithm>
#include <set>

namespace gatescope {
namespace {

double numbers(std::int64_t count) {
    return static_cast<double>(count);
}

}  // namespace

struct CostRecorder::Findings final : LayerFindings {
    explicit Findings(Layer of_layer) : layer(of_layer) {}
    Layer layer;
};

CostRecorder::CostRecorder(GateRun& run, ModelConfig model) : run_(run), model_(std::move(model)) {
    run_.count_into(&tally_);
}

void CostRecorder::begin_window(std::int64_t, std::span<const std::int32_t> ids) {
    tokens_ = static_cast<std::int64_t>(ids.size());
    window_.clear();
    tally_.clear();
}

void CostRecorder::on_layer(const LayerInput& input) {
    bytes_a_number_ = static_cast<std::int64_t>(input.k_GTE.element_size());
}

GateReads CostRecorder::reads_of(std::int64_t layer, std::int64_t head) const {
    const GateTerm* term = run_.spec().term_for(layer, head);
    return term == nullptr ? GateReads::kKeys : gate_info(term->id).traits.reads;
}

CostRecorder::Heads CostRecorder::heads_of(std::int64_t layer) const {
    Heads out;
    std::set<std::int64_t> groups;
    for (std::int64_t head = 0; head < model_.n_heads; ++head) {
        if (run_.spec().term_for(layer, head) == nullptr) ++out.ungated;
        if (reads_of(layer, head) != GateReads::kState) continue;
        ++out.states;
        groups.insert(head / (model_.n_heads / model_.n_kv_heads));
    }
    out.state_groups = std::ssize(groups);
    return out;
}

// Heads that share a key/value head read a key once.
void CostRecorder::on_block(const PatternBlock& block) {
    if (block.query_end != tokens_) return;
    const std::int64_t n_keys = block.pattern_HQK.size(2), first = block.reach.begin(tokens_ - 1);
    const std::int64_t shared = model_.n_heads / model_.n_kv_heads;
    const at::Tensor keep_HK =
        block.keep_HQK.defined() ? block.keep_HQK.select(1, -1).cpu().contiguous() : at::Tensor();
    Layer& layer = window_[block.layer];
    for (std::int64_t group = 0; group < model_.n_kv_heads; ++group) {
        std::vector<bool> read(static_cast<std::size_t>(n_keys), false);
        for (std::int64_t head = group * shared; head < (group + 1) * shared; ++head) {
            if (reads_of(block.layer, head) != GateReads::kKeys) continue;
            const bool* keep = keep_HK.defined() ? keep_HK.const_data_ptr<bool>() + head * n_keys : nullptr;
            for (std::int64_t key = first; key < n_keys; ++key)
                if (keep == nullptr || keep[key]) read[static_cast<std::size_t>(key)] = true;
        }
        layer.keys_read += std::count(read.begin(), read.end(), true);
    }
}

std::shared_ptr<const LayerFindings> CostRecorder::findings(std::int64_t layer) const {
    Layer found = window_.contains(layer) ? window_.at(layer) : Layer{};
    found.pairs = tally_.pairs(layer);
    found.bytes_a_number = bytes_a_number_;
    return std::make_shared<Findings>(found);
}

void CostRecorder::take(std::int64_t layer, const LayerFindings& found) {
    window_[layer] = static_cast<const Findings&>(found).layer;
    tally_.begin_layer(layer);
    tally_.add(layer, window_[layer].pairs);
    bytes_a_number_ = window_[layer].bytes_a_number;
}

void CostRecorder::commit() {
    const double width = numbers(model_.d_head), state = width * (width + 1);
    for (std::int64_t layer = 0; layer < model_.n_layers; ++layer) {
        const KeyReach reach{model_.causal, model_.window_of(layer)};
        const double allowed = allowed_pairs(reach, {0, tokens_});
        const double last = numbers(reach.count(tokens_ - 1, tokens_)) * numbers(model_.n_kv_heads);
        const double dense_flops = 4 * width * allowed * numbers(model_.n_heads);
        const double key_bytes = 2 * width * numbers(bytes_a_number_);
        total_.dense_flops += dense_flops;
        total_.dense_key_value_bytes += key_bytes * last;
        const auto found = window_.find(layer);
        if (found == window_.end()) {
            total_.flops += dense_flops;
            total_.key_value_bytes += key_bytes * last;
            continue;
        }
        const Heads heads = heads_of(layer);
        const double pairs = tally_.pairs(layer) + allowed * numbers(heads.ungated);
        const double state_work = 2 * state * numbers(tokens_) * numbers(heads.states + heads.state_groups);
        total_.flops += 4 * width * pairs + state_work;
        total_.key_value_bytes += key_bytes * numbers(found->second.keys_read) +
                                  state * numbers(bytes_a_number_) * numbers(heads.state_groups);
    }
    ++windows_;
    begin_window(0, {});
}

GateCost CostRecorder::cost() const {
    if (windows_ == 0) return {};
    const double each = numbers(windows_);
    return {total_.flops / each, total_.dense_flops / each, total_.key_value_bytes / each,
            total_.dense_key_value_bytes / each};
}

}  // namespace gatescope
