#include "model/transformer/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>

#include <algorithm>
#include <cmath>

#include "model/transformer/attention_tiles.h"
#include "model/transformer/attention_unseen.h"
#include "model/transformer/block_products.h"
#include "model/transformer/softcap.h"
#include "model/transformer/softmax.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostBlockBytes = std::int64_t{8} << 20;
constexpr std::int64_t kMostQueries = 64, kLeastQueries = 8;

// [G, H / G, T, E] views: key/value heads stand as a batch, the query heads that share one beside each other, so that
// keys and values are never repeated in memory.
struct GroupedHeads {
    at::Tensor q_GRTE, k_GRTE, v_GRTE;
};

GroupedHeads grouped(const LayerInput& input) {
    const std::int64_t kv_heads = input.k_GTE.size(0), shared = input.q_HTE.size(0) / kv_heads;
    const std::int64_t length = input.q_HTE.size(1), d_head = input.q_HTE.size(2);
    const auto repeat = [&](const at::Tensor& x_GTE) {
        return x_GTE.unsqueeze(1).expand({kv_heads, shared, length, d_head});
    };
    return {input.q_HTE.reshape({kv_heads, shared, length, d_head}), repeat(input.k_GTE), repeat(input.v_GTE)};
}

at::Tensor side_by_side(const at::Tensor& z_HTE) {
    return z_HTE.transpose(0, 1).reshape({z_HTE.size(1), -1});
}

// For GPUs; on CPUs attend_unseen() is several times faster than ATen's fused kernel.
at::Tensor attend_fused(const LayerInput& input) {
    const auto [q, k, v] = grouped(input);
    const at::Tensor z_GRTE = at::scaled_dot_product_attention(q, k, v, {}, 0.0, input.reach.causal, input.scale);
    return side_by_side(z_GRTE.reshape(input.q_HTE.sizes()));
}

// A flat buffer's front as [H, Q, K]; grows as blocks do.
at::Tensor front(at::Tensor& buffer, at::IntArrayRef shape, at::Device device) {
    const std::int64_t wanted = shape[0] * shape[1] * shape[2];
    if (!buffer.defined() || buffer.numel() < wanted || buffer.device() != device)
        buffer = at::empty({wanted}, at::TensorOptions(device).dtype(at::kFloat));
    return buffer.narrow(0, 0, wanted).view(shape);
}

// One layer at work, block by block.
class StreamedLayer {
  public:
    StreamedLayer(const LayerInput& input, const LayerSight& sight, AttentionScratch& scratch)
        : input_(input),
          sight_(sight),
          scratch_(scratch),
          n_heads_(input.q_HTE.size(0)),
          length_(input.q_HTE.size(1)),
          // float32: scores are never rounded to less
          products_(input.q_HTE.to(at::kFloat).mul(input.scale), input.k_GTE.to(at::kFloat),
                    input.v_GTE.to(at::kFloat)),
          z_THE_(at::empty({length_, n_heads_, input.q_HTE.size(2)}, input.q_HTE.options())) {}

    at::Tensor run(JobContext& job) {
        blocks(job, /*output=*/true);
        return z_THE_.view({length_, -1});
    }

    // Blocks alone, for those who look; of the last query where no more is wanted.
    void show(JobContext& job) {
        if (!sight_.observers.empty())
            blocks(job, /*output=*/false);
        else if (!sight_.last.empty())
            block(length_ - 1, length_, /*output=*/false);
    }

  private:
    void blocks(JobContext& job, bool output) {
        for (std::int64_t begin = 0; begin < length_;) {
            job.tick();
            const std::int64_t longest = std::min(length_, begin + kMostQueries);
            const std::int64_t most_keys = input_.reach.end(longest - 1, length_);
            const std::int64_t end = std::min(length_, begin + block_queries(n_heads_, most_keys));
            block(begin, end, output);
            begin = end;
        }
    }

    // Keys that no query of the block may use are cut off on the left, unless somebody wants to see them.
    std::int64_t first_key(std::int64_t query_begin) const {
        const bool seen = sight_.gate != nullptr || !sight_.observers.empty() || !sight_.last.empty();
        return seen ? 0 : input_.reach.begin(query_begin);
    }

    void block(std::int64_t query_begin, std::int64_t query_end, bool output) {
        const BlockPlace place{query_begin, first_key(query_begin), input_.reach};
        at::Tensor scores_HQK = scores(place, query_end);
        GatedBlock gated;
        if (sight_.gate != nullptr || !sight_.observers.empty() || !sight_.last.empty()) mask_scores(scores_HQK, place);
        if (sight_.gate != nullptr) gated = sight_.gate->apply({query_begin, query_end, scores_HQK});
        const at::Tensor& used_HQK = gated.scores_HQK.defined() ? gated.scores_HQK : scores_HQK;
        const auto last = query_end == length_ ? sight_.last : std::span<Observer* const>();
        at::Tensor pattern_HQK = sight_.observers.empty() && last.empty() && used_HQK.is_same(scores_HQK)
                                     ? scores_HQK
                                     : front(scratch_.pattern, scores_HQK.sizes(), scores_HQK.device());
        masked_softmax(used_HQK.contiguous(), gated.keep_HQK, place, pattern_HQK);
        if (output) write_output(pattern_HQK, gated, place, query_end);
        const PatternBlock shown{input_.layer, query_begin,    query_end,  input_.reach,
                                 scores_HQK,   gated.keep_HQK, pattern_HQK};
        for (Observer* observer : sight_.observers) observer->on_block(shown);
        for (Observer* observer : last) observer->on_block(shown);
    }

    at::Tensor scores(const BlockPlace& place, std::int64_t query_end) {
        const std::int64_t n_keys = input_.reach.end(query_end - 1, length_) - place.key_begin;
        at::Tensor scores_HQK =
            front(scratch_.scores, {n_heads_, query_end - place.query_begin, n_keys}, input_.q_HTE.device());
        products_.scores(place.query_begin, place.key_begin, scores_HQK);
        cap_softly(scores_HQK, input_.softcap);
        return scores_HQK;
    }

    void write_output(const at::Tensor& pattern_HQK, const GatedBlock& gated, const BlockPlace& place,
                      std::int64_t query_end) {
        const at::Tensor z_HQE = products_.weighted(pattern_HQK, place.key_begin);
        if (gated.z_HQE.defined())
            for (std::size_t head = 0; head < gated.own_output.size(); ++head)
                if (gated.own_output[head]) {
                    const auto index = static_cast<std::int64_t>(head);
                    z_HQE.select(0, index).copy_(gated.z_HQE.select(0, index));
                }
        z_THE_.narrow(0, place.query_begin, query_end - place.query_begin).copy_(z_HQE.transpose(0, 1));
    }

    const LayerInput& input_;
    const LayerSight& sight_;
    AttentionScratch& scratch_;
    std::int64_t n_heads_, length_;
    BlockProducts products_;
    at::Tensor z_THE_;
};

// What the layer does where no gate chooses by its scores; `bands` of its heads.
at::Tensor attend_unwatched(const LayerInput& input, std::span<const KeyBand> bands, AttentionScratch& scratch,
                            JobContext& job) {
    if (attend_tiles_serves(input)) return attend_tiles(input, bands, job);
    if (input.q_HTE.device().is_cpu()) return attend_unseen(input, job);
    const bool cut = input.reach.begin(input.q_HTE.size(1) - 1) > 0;
    if (!cut && input.softcap == 0) return attend_fused(input);
    const LayerSight nobody;
    return StreamedLayer(input, nobody, scratch).run(job);
}

}  // namespace

std::int64_t block_queries(std::int64_t n_heads, std::int64_t n_keys) {
    const std::int64_t row_bytes = n_heads * n_keys * static_cast<std::int64_t>(sizeof(float));
    return std::clamp(kMostBlockBytes / row_bytes / kLeastQueries * kLeastQueries, kLeastQueries, kMostQueries);
}

// What comes out never depends on who looks, so that a stream kept by one pass is the one that any other would make:
// where scores are not needed for it, those who look are shown blocks of their own.
at::Tensor attend(const LayerInput& input, const LayerSight& sight, AttentionScratch& scratch, JobContext& job) {
    const std::int64_t n_heads = input.q_HTE.size(0);
    const std::vector<KeyBand> open(static_cast<std::size_t>(n_heads));
    const std::vector<KeyBand> bands = sight.gate == nullptr ? open : sight.gate->bands(n_heads);
    const bool dense = bands == open, banded = !bands.empty() && attend_tiles_serves(input);
    if (!dense && !banded) return StreamedLayer(input, sight, scratch).run(job);
    at::Tensor z = attend_unwatched(input, bands, scratch, job);
    if (!sight.observers.empty() || !sight.last.empty()) StreamedLayer(input, sight, scratch).show(job);
    return z;
}

at::Tensor plain_scores(const LayerInput& input) {
    const auto [q, k, v] = grouped(input);
    at::Tensor scores = at::matmul(q.to(at::kFloat), k.to(at::kFloat).transpose(2, 3)) * input.scale;
    if (input.softcap > 0) scores = at::tanh(scores / input.softcap) * input.softcap;
    return scores.reshape({input.q_HTE.size(0), scores.size(2), scores.size(3)});
}

at::Tensor attend_plain(const LayerInput& input, const PlainGate& gate) {
    const auto [q, k, v] = grouped(input);
    at::Tensor scores_HQK = gate.scores_HQK.defined() ? gate.scores_HQK : plain_scores(input);
    at::Tensor dropped = disallowed_QK({0, 0, input.reach}, scores_HQK);
    if (gate.keep_HQK.defined()) dropped = dropped.logical_or(gate.keep_HQK.logical_not());
    if (gate.bias_HQK.defined()) scores_HQK = scores_HQK + gate.bias_HQK;
    const at::Tensor masked = scores_HQK.masked_fill(dropped, -INFINITY);
    const at::Tensor pattern_GRQK = at::softmax(masked, -1).view({k.size(0), k.size(1), masked.size(1), -1});
    const at::Tensor z = at::matmul(pattern_GRQK, v.to(at::kFloat));
    return side_by_side(z.reshape(input.q_HTE.sizes())).to(input.q_HTE.scalar_type());
}

}  // namespace gatescope
