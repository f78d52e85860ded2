#include "model/gates/block_gate.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cumsum.h>

#include <algorithm>

#include "model/gates/block_sets.h"
#include "model/gates/gate_params.h"
#include "model/gates/layer_scores.h"

namespace gatescope {
namespace {

ParamSpec block_width_param() {
    return {.key = "b",
            .label = "Keys a block",
            .help = "How many neighbouring keys form a block.",
            .initial = std::int64_t{16},
            .least = 1,
            .most = 1 << 16,
            .required = true,
            .logarithmic = true};
}

ParamSpec block_count_param() {
    return {.key = "n",
            .label = "Blocks n",
            .help = "How many blocks each query may use, its own among them.",
            .initial = std::int64_t{4},
            .least = 1,
            .most = 1 << 20,
            .required = true,
            .logarithmic = true};
}

}  // namespace

at::Tensor whole_blocks(const at::Tensor& x_GTF, std::int64_t keys_per_block) {
    const std::int64_t n_blocks = x_GTF.size(1) / keys_per_block;
    return x_GTF.narrow(1, 0, n_blocks * keys_per_block)
        .reshape({x_GTF.size(0), n_blocks, keys_per_block, x_GTF.size(2)});
}

at::Tensor block_means(const at::Tensor& x_GTF, std::int64_t keys_per_block) {
    return whole_blocks(x_GTF, keys_per_block).mean(2);
}

at::Tensor tail_means(const at::Tensor& x_GTF, std::int64_t keys_per_block) {
    const at::Tensor sums_GBWF = at::cumsum(whole_blocks(x_GTF, keys_per_block).flip(2), 2).flip(2);
    const at::Tensor left_W1 = at::arange(keys_per_block, 0, -1, x_GTF.options()).unsqueeze(1);
    return sums_GBWF.div(left_W1).flatten(1, 2);
}

BlockGate::BlockGate(const GateTerm& term)
    : keys_per_block_(integer(term.values, "b")), blocks_(integer(term.values, "n")) {}

void BlockGate::prepare(const LayerInput& layer, const GateContext&) {
    reach_ = layer.reach;
    const bool cut = reach_.begin(layer.q_HTE.size(1) - 1) > 0;
    features_ = features(layer, cut);
    features_.query_HTF = features_.query_HTF.contiguous();
    features_.block_GBF = for_query_heads(features_.block_GBF, layer.q_HTE.size(0)).contiguous();
}

GateEffect BlockGate::apply(const QueryBlock& block) const {
    const std::int64_t n_heads = block.scores_HQK.size(0);
    const std::int64_t n_blocks = std::min(features_.block_GBF.size(1), block.query_end / keys_per_block_ + 1);
    at::Tensor scores_HQB =
        at::bmm(features_.query_HTF.narrow(0, block.head_begin, n_heads).slice(1, block.query_begin, block.query_end),
                features_.block_GBF.narrow(0, block.head_begin, n_heads).narrow(1, 0, n_blocks).transpose(1, 2));
    if (features_.tail_GTF.defined() && n_blocks > 0) score_cut_blocks(block, scores_HQB);
    return KeyMask{
        keys_of_blocks(scores_HQB, {block.query_begin, reach_, keys_per_block_, blocks_, block.scores_HQK.size(2)})};
}

// A query's first block counts with those of its keys that the model's sliding window leaves.
void BlockGate::score_cut_blocks(const QueryBlock& block, at::Tensor& scores_HQB) const {
    const std::int64_t n_heads = scores_HQB.size(0), whole_keys = features_.tail_GTF.size(1);
    const at::Tensor first_Q =
        at::arange(block.query_begin + 1, block.query_end + 1, scores_HQB.options().dtype(at::kLong))
            .sub(reach_.sliding_window)
            .clamp(0, whole_keys - 1);
    const at::Tensor tail_HQF =
        for_query_heads(features_.tail_GTF.index_select(1, first_Q), features_.query_HTF.size(0))
            .narrow(0, block.head_begin, n_heads);
    const at::Tensor query_HQF =
        features_.query_HTF.narrow(0, block.head_begin, n_heads).slice(1, block.query_begin, block.query_end);
    const at::Tensor block_Q = first_Q.floor_divide(keys_per_block_).clamp_max(scores_HQB.size(2) - 1);
    scores_HQB.scatter_(2, block_Q.view({1, -1, 1}).expand({n_heads, -1, 1}),
                        query_HQF.mul(tail_HQF).sum(-1, /*keepdim=*/true));
}

GateEntry block_entry(GateInfo info) {
    GateEntry entry;
    entry.info = std::move(info);
    entry.info.granularity = "block";
    entry.info.budget = "n blocks of b keys";
    entry.info.params.insert(entry.info.params.begin(), {block_width_param(), block_count_param()});
    entry.info.params.insert(entry.info.params.end(), {sinks_param(), local_param()});
    entry.info.traits.adds_forced_keys = true;
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "b") * integer(values, "n"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) {
        values["n"] = std::max<std::int64_t>(1, k / integer(values, "b"));
    };
    return entry;
}

}  // namespace gatescope
