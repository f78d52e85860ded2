// H query head, G key/value head, R = H / G query heads that share one, T token, Q query of a block, K key of a block,
// X = R * Q, E d_head.
#include "model/transformer/attention_unseen.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <atomic>

#include "model/transformer/linear.h"
#include "model/transformer/softcap.h"
#include "model/transformer/softmax.h"

namespace gatescope {
namespace {

constexpr std::int64_t kQueries = 64;

class UnseenLayer {
  public:
    explicit UnseenLayer(const LayerInput& input)
        : input_(input),
          n_groups_(input.k_GTE.size(0)),
          length_(input.q_HTE.size(1)),
          d_head_(input.q_HTE.size(2)),
          q_GRTE_(input.q_HTE.to(at::kFloat).mul(input.scale).view({n_groups_, -1, length_, d_head_})),
          k_GTE_(input.k_GTE.to(at::kFloat)),
          z_TGRE_(at::empty({length_, n_groups_, q_GRTE_.size(1), d_head_}, input.q_HTE.options())) {}

    at::Tensor run(JobContext& job) {
        const std::int64_t n_blocks = (length_ + kQueries - 1) / kQueries, n_tasks = n_blocks * n_groups_;
        std::atomic<std::int64_t> next{0};
        const std::int64_t n_threads = std::min<std::int64_t>(n_tasks, at::get_num_threads());
        at::parallel_for(0, n_threads, 1, [&](std::int64_t begin, std::int64_t end) {
            if (begin == end) return;
            const c10::InferenceMode inference(input_.q_HTE.is_inference());
            for (std::int64_t task = next++; task < n_tasks; task = next++) {
                job.tick();
                block(task % n_groups_, (n_blocks - 1 - task / n_groups_) * kQueries);
            }
        });
        return z_TGRE_.view({length_, -1});
    }

  private:
    void block(std::int64_t group, std::int64_t query_begin) const {
        const std::int64_t query_end = std::min(length_, query_begin + kQueries), n_queries = query_end - query_begin;
        const std::int64_t key_begin = input_.reach.begin(query_begin);
        const std::int64_t n_keys = input_.reach.end(query_end - 1, length_) - key_begin;
        const at::Tensor q_XE = q_GRTE_.select(0, group).narrow(1, query_begin, n_queries).reshape({-1, d_head_});
        const at::Tensor k_KE = k_GTE_.select(0, group).narrow(0, key_begin, n_keys);
        at::Tensor pattern_RQK = times_transpose(q_XE, k_KE).view({-1, n_queries, n_keys});
        cap_softly(pattern_RQK, input_.softcap);
        masked_softmax(pattern_RQK, {}, {query_begin, key_begin, input_.reach}, pattern_RQK);
        const at::Tensor v_KE = input_.v_GTE.select(0, group).narrow(0, key_begin, n_keys);
        const at::Tensor z_XE = at::matmul(pattern_RQK.view({-1, n_keys}).to(v_KE.scalar_type()), v_KE);
        z_TGRE_.narrow(0, query_begin, n_queries)
            .select(1, group)
            .copy_(z_XE.view({-1, n_queries, d_head_}).transpose(0, 1));
    }

    const LayerInput& input_;
    std::int64_t n_groups_, length_, d_head_;
    at::Tensor q_GRTE_, k_GTE_;  // float32: scores are never rounded to less
    at::Tensor z_TGRE_;
};

}  // namespace

at::Tensor attend_unseen(const LayerInput& input, JobContext& job) {
    return UnseenLayer(input).run(job);
}

}  // namespace gatescope
