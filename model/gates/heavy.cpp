// Shapes: H head, Q query, K key, T token, E d_head.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "model/core/cpu_clones.h"
#include "model/gates/budgets.h"
#include "model/gates/gate.h"
#include "model/gates/gate_params.h"
#include "model/gates/layer_scores.h"

namespace gatescope {
namespace {

constexpr std::int64_t kQueriesAtOnce = 64;

// What each key has received so far becomes its priority, then this query's attention is added.
GATESCOPE_CPU_CLONES void take_row(const float* pattern, std::int64_t n_keys, double* received, float* priority) {
#pragma omp simd
    for (std::int64_t key = 0; key < n_keys; ++key) {
        priority[key] = static_cast<float>(received[key]);
        received[key] += static_cast<double>(pattern[key]);
    }
}

// Attention that keys received from queries before the block's, under the dense softmax. Blocks of a window come in
// order, so the sums are carried on from one to the next; where one does not follow the last (another head range, a
// block out of order), the queries before it are gone through again.
class Heavy final : public Gate {
  public:
    void prepare(const LayerInput& layer, const GateContext&) override {
        layer_ = layer;
        layer_.kernel = nullptr;
        sums_ = {};
    }

    GateEffect apply(const QueryBlock& block) const override {
        const std::int64_t n_heads = block.scores_HQK.size(0);
        if (sums_.head_begin != block.head_begin || sums_.n_heads != n_heads || sums_.next_query != block.query_begin)
            catch_up(block.head_begin, n_heads, block.query_begin);
        const at::Tensor priority_HQK = advance(block.scores_HQK);
        sums_.next_query = block.query_end;
        return KeyRanking{priority_HQK};
    }

  private:
    struct Sums {
        std::int64_t head_begin = -1, n_heads = 0, next_query = 0;
        at::Tensor received_HT;  // float64
    };

    void catch_up(std::int64_t head_begin, std::int64_t n_heads, std::int64_t query) const {
        sums_ = {head_begin, n_heads, query,
                 at::zeros({n_heads, layer_.q_HTE.size(1)}, layer_.q_HTE.options().dtype(at::kDouble))};
        for (std::int64_t begin = 0; begin < query; begin += kQueriesAtOnce)
            (void)advance(layer_scores(layer_, {head_begin, n_heads, begin, std::min(query, begin + kQueriesAtOnce)}));
    }

    // Priorities of a block's keys; its attention is added to the sums.
    at::Tensor advance(const at::Tensor& scores_HQK) const {
        const at::Tensor pattern_HQK = at::softmax(scores_HQK, -1).contiguous();
        const std::int64_t n_queries = scores_HQK.size(1), n_keys = scores_HQK.size(2);
        if (!pattern_HQK.is_cpu()) return advance_aten(pattern_HQK);
        at::Tensor priority_HQK = at::empty_like(pattern_HQK);
        const float* pattern = pattern_HQK.const_data_ptr<float>();
        float* priority = priority_HQK.data_ptr<float>();
        double* received = sums_.received_HT.data_ptr<double>();
        const std::int64_t length = sums_.received_HT.size(1);
        at::parallel_for(0, scores_HQK.size(0), 1, [&](std::int64_t head_begin, std::int64_t head_end) {
            for (std::int64_t row = head_begin * n_queries; row < head_end * n_queries; ++row)
                take_row(pattern + row * n_keys, n_keys, received + row / n_queries * length, priority + row * n_keys);
        });
        return priority_HQK;
    }

    at::Tensor advance_aten(const at::Tensor& pattern_HQK) const {
        const at::Tensor before_HK = sums_.received_HT.narrow(1, 0, pattern_HQK.size(2));
        const at::Tensor pattern = pattern_HQK.to(at::kDouble);
        const at::Tensor with_own_HQK = at::cumsum(pattern, 1) + before_HK.unsqueeze(1);
        before_HK.copy_(with_own_HQK.select(1, -1));
        return (with_own_HQK - pattern).to(at::kFloat);
    }

    LayerInput layer_;
    mutable Sums sums_;  // only spares work: apply() gives the same whatever it holds
};

}  // namespace

GateEntry heavy_gate() {
    GateEntry entry;
    entry.info = {.id = "heavy",
                  .label = "Heavy hitters",
                  .help = "Keeps the k keys that received most attention from earlier queries under the dense softmax.",
                  .granularity = "token",
                  .source = "Zhang et al. 2023 (H2O), without eviction",
                  .budget = "k keys",
                  .params = {keys_param(), sinks_param(), local_param(1)},
                  .traits = {.decoding_method = true}};
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<Heavy>(); };
    entry.budget = keys_budget;
    entry.set_budget = set_keys_budget;
    return entry;
}

}  // namespace gatescope
