// Shapes: H head, Q query, K key, E d_head.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <limits>

#include "model/gates/gate.h"
#include "model/gates/gate_params.h"
#include "model/gates/head_sets.h"
#include "model/gates/key_sets.h"
#include "model/gates/pair_tally.h"

namespace gatescope {
namespace {

// A head's row of a tensor of H heads or one for all.
at::Tensor of_head(const at::Tensor& source, std::int64_t head) {
    return source.select(0, source.size(0) == 1 ? 0 : head);
}

}  // namespace

// A block being put together from what the parts say, each for the heads under it.
struct GateRun::Assembly {
    const QueryBlock& block;
    KeyRules rules;
    GatedBlock out{};
    HeadSets sets = HeadSets(block.scores_HQK);

    // The scores to write to: the model's own are left alone.
    at::Tensor& own_scores() {
        if (out.scores_HQK.is_same(block.scores_HQK)) out.scores_HQK = block.scores_HQK.clone();
        return out.scores_HQK;
    }

    void take(const KeepAll&, const std::vector<std::int64_t>&) {}
    void take(const KeyRanking& ranking, const std::vector<std::int64_t>& heads) { sets.take(ranking, rules, heads); }
    void take(const KeyMask& mask, const std::vector<std::int64_t>& heads) { sets.take(mask, rules, heads); }
    void take(const ScoreBias& bias, const std::vector<std::int64_t>& heads) {
        for (const std::int64_t head : heads) own_scores().select(0, head).add_(of_head(bias.bias_HQK, head));
    }
    void take(const NewScores& scores, const std::vector<std::int64_t>& heads) {
        const at::Tensor never = at::full({}, -std::numeric_limits<float>::infinity(), block.scores_HQK.options());
        for (const std::int64_t head : heads) {
            const at::Tensor allowed_QK = block.scores_HQK.select(0, head).gt(never);
            own_scores().select(0, head).copy_(at::where(allowed_QK, of_head(scores.scores_HQK, head), never));
        }
    }
    void take(const HeadOutput& output, const std::vector<std::int64_t>& heads) {
        const auto n_heads = static_cast<std::size_t>(block.scores_HQK.size(0));
        if (out.own_output.empty()) out.own_output.assign(n_heads, false);
        if (!out.z_HQE.defined())
            out.z_HQE = at::empty({block.scores_HQK.size(0), output.z_HQE.size(1), output.z_HQE.size(2)},
                                  output.z_HQE.options());
        for (const std::int64_t head : heads) {
            out.z_HQE.select(0, head).copy_(of_head(output.z_HQE, head));
            out.own_output[static_cast<std::size_t>(head)] = true;
        }
    }

    // The pairs of `heads`, once taken.
    void count(const GateEffect& effect, const std::vector<std::int64_t>& heads, std::int64_t layer,
               PairTally& tally) const {
        const QueryRange queries{block.query_begin, block.query_end};
        const auto n_heads = static_cast<double>(heads.size());
        if (std::holds_alternative<KeyMask>(effect))
            count_kept(sets.keep_HQK(), heads, layer, tally);
        else if (std::holds_alternative<KeyRanking>(effect))
            tally.add(layer, n_heads * ranked_pairs(rules.reach, queries, rules.k));
        else
            tally.add(layer, n_heads * allowed_pairs(rules.reach, queries));
    }
};

GateRun::GateRun(GateSpec spec) : spec_(std::move(spec)) {
    for (const GateTerm& term : spec_.terms) parts_.push_back({term, gate_entry(term.id).make(term)});
}

GateRun::GateRun(GateSpec spec, const std::vector<std::shared_ptr<Gate>>& gates) : spec_(std::move(spec)) {
    for (std::size_t n = 0; n < gates.size(); ++n) parts_.push_back({spec_.terms[n], gates[n]});
}

bool GateRun::touches(std::int64_t layer) const {
    return std::any_of(spec_.terms.begin(), spec_.terms.end(), [&](const GateTerm& term) {
        return GateSpec{{term}}.dense() ? false : term.layers.contains(layer);
    });
}

void GateRun::prepare(const LayerInput& layer, const GateContext& context) {
    layer_ = layer.layer;
    reach_ = layer.reach;
    nominal_window_ = context.nominal_window;
    for (const Part& part : parts_) {
        if (!part.term.layers.contains(layer_)) continue;
        const bool hard = gate_info(part.term.id).traits.hard;
        const at::AutoGradMode graph(at::GradMode::is_enabled() && !(context.trains && hard));
        part.gate->prepare(layer, context);
    }
    if (tally_ != nullptr) count_bands(layer.q_HTE.size(0), layer.q_HTE.size(1));
}

// Bands need not be asked for block by block.
void GateRun::count_bands(std::int64_t n_heads, std::int64_t n_queries) {
    tally_->begin_layer(layer_);
    const std::vector<KeyBand> all = bands(n_heads);
    if (all.empty()) return;
    tally_->takes(layer_, {0, n_queries});
    for (std::int64_t head = 0; head < n_heads; ++head)
        if (spec_.term_for(layer_, head) != nullptr)
            tally_->add(layer_, band_pairs(reach_, {0, n_queries}, all[static_cast<std::size_t>(head)]));
}

bool GateRun::needs_means() const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const Part& part) { return gate_info(part.term.id).traits.needs_means; });
}

void GateRun::use_means(const std::shared_ptr<const HeadMeans>& means) {
    for (const Part& part : parts_) part.gate->use_means(means);
}

// Rows of the block's tensors that are under this part.
std::vector<std::int64_t> GateRun::heads_of(const Part& part, const QueryBlock& block) const {
    std::vector<std::int64_t> heads;
    const auto number = static_cast<std::size_t>(&part - parts_.data());
    for (std::int64_t head = 0; head < block.scores_HQK.size(0); ++head)
        if (spec_.term_for(layer_, block.head_begin + head) == &spec_.terms[number]) heads.push_back(head);
    return heads;
}

GatedBlock GateRun::apply(const QueryBlock& block) const {
    Assembly assembly{block, {block.query_begin, reach_, 0, 0, 0}};
    assembly.out.scores_HQK = block.scores_HQK;
    const bool counts = tally_ != nullptr && tally_->takes(layer_, {block.query_begin, block.query_end});
    for (const Part& part : parts_) {
        const std::vector<std::int64_t> heads = heads_of(part, block);
        if (heads.empty()) continue;
        assembly.rules = rules_of(part, block.query_begin);
        const GateEffect effect = part.gate->apply(block);
        std::visit([&](const auto& said) { assembly.take(said, heads); }, effect);
        if (counts && gate_info(part.term.id).traits.reads == GateReads::kKeys)
            assembly.count(effect, heads, layer_, *tally_);
    }
    assembly.out.keep_HQK = assembly.sets.finish({block.query_begin, reach_, 0, 0, 0});
    return assembly.out;
}

KeyRules GateRun::rules_of(const Part& part, std::int64_t query_begin) const {
    return {query_begin, reach_, budget_of(part.term, nominal_window_), sinks_of(part.term.values),
            local_of(part.term.values)};
}

std::vector<KeyBand> GateRun::bands(std::int64_t n_heads) const {
    std::vector<KeyBand> out;
    for (std::int64_t head = 0; head < n_heads && reach_.causal; ++head) {
        const GateTerm* term = spec_.term_for(layer_, head);
        const auto band = term == nullptr ? std::optional<KeyBand>(KeyBand{})
                                          : parts_[static_cast<std::size_t>(term - spec_.terms.data())].gate->band();
        if (!band) return {};
        out.push_back(*band);
    }
    return out;
}

}  // namespace gatescope
