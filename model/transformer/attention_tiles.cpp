// H query head, G key/value head, T token, Q query of a block, K key of a stretch, E d_head.
#include "model/transformer/attention_tiles.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "model/transformer/row_kernels.h"
#include "model/transformer/tile_products.h"

namespace gatescope {
namespace {

constexpr std::int64_t kQueries = 64;

std::int64_t rounded_up(std::int64_t n, std::int64_t unit) {
    return (n + unit - 1) / unit * unit;
}

// What a thread works in. Scores of one head that are held at once, queries x stretch, stay in a core's cache.
template <typename T>
struct Desk {
    explicit Desk(std::int64_t d_head)
        : scores_QK(kQueries * kKeyStretch),
          pattern_QK(kQueries * kKeyStretch),
          z_QE(static_cast<std::size_t>(kQueries * d_head)),
          softmax_Q(kQueries) {}
    TileThread thread;
    std::vector<float> scores_QK;
    std::vector<T> pattern_QK;
    std::vector<float> z_QE;
    std::vector<RunningSoftmax> softmax_Q;
};

template <typename T>
class TiledLayer {
  public:
    TiledLayer(const LayerInput& input, std::span<const KeyBand> bands)
        : input_(input),
          bands_(bands),
          n_heads_(input.q_HTE.size(0)),
          length_(input.q_HTE.size(1)),
          d_head_(input.q_HTE.size(2)),
          q_HTE_(input.q_HTE.contiguous()),
          keys_(input.k_GTE),
          values_(input.v_GTE),
          z_THE_(at::empty({length_, n_heads_, d_head_}, input.q_HTE.options())) {}

    at::Tensor run(JobContext& job) {
        const std::int64_t n_blocks = (length_ + kQueries - 1) / kQueries, n_tasks = n_blocks * n_heads_;
        std::atomic<std::int64_t> next{0};
        const std::int64_t n_threads = std::min<std::int64_t>(n_tasks, at::get_num_threads());
        at::parallel_for(0, n_threads, 1, [&](std::int64_t begin, std::int64_t end) {
            if (begin == end) return;
            Desk<T> desk(d_head_);
            for (std::int64_t task = next++; task < n_tasks; task = next++) {
                job.tick();
                block(task % n_heads_, (n_blocks - 1 - task / n_heads_) * kQueries, desk);
            }
        });
        return z_THE_.view({length_, -1});
    }

  private:
    // What row kernels know T by.
    using Bits = std::conditional_t<std::is_same_v<T, float>, float, std::uint16_t>;

    void block(std::int64_t head, std::int64_t query_begin, Desk<T>& desk) const {
        const std::int64_t n_queries = std::min(length_ - query_begin, kQueries);
        std::fill(desk.softmax_Q.begin(), desk.softmax_Q.end(), RunningSoftmax());
        const Dropped dropped = dropped_keys(head, query_begin);
        const std::int64_t key_begin = input_.reach.begin(query_begin) / kKeyStep * kKeyStep;
        const std::int64_t key_end = rounded_up(input_.reach.end(query_begin + n_queries - 1, length_), kKeyStep);
        bool add = false;
        for (std::int64_t key = key_begin; key < key_end;) {
            if (key >= dropped.begin && key < dropped.end) key = dropped.end;
            const std::int64_t end = key < dropped.begin ? std::min(key_end, dropped.begin) : key_end;
            const std::int64_t n_keys = std::min(end, rounded_up(key + 1, kKeyStretch)) - key;
            stretch(head, query_begin, n_queries, key, n_keys, add, desk);
            add = true;
            key += n_keys;
        }
        auto* z_THE = static_cast<Bits*>(z_THE_.data_ptr());
        for (std::int64_t query = 0; query < n_queries; ++query)
            row_scale(desk.z_QE.data() + query * d_head_, d_head_,
                      1.0F / desk.softmax_Q[static_cast<std::size_t>(query)].total,
                      z_THE + ((query_begin + query) * n_heads_ + head) * d_head_);
    }

    // Whole steps of keys that no query of a block uses: those between the head's sinks and its local keys.
    struct Dropped {
        std::int64_t begin = 0, end = 0;
    };
    Dropped dropped_keys(std::int64_t head, std::int64_t query_begin) const {
        const KeyBand& band = bands_[static_cast<std::size_t>(head)];
        const std::int64_t first = std::max(band.sinks, input_.reach.begin(query_begin) / kKeyStep * kKeyStep);
        const std::int64_t begin = rounded_up(first, kKeyStep);
        const std::int64_t end =
            std::min(query_begin, band.local_begin(input_.reach, query_begin)) / kKeyStep * kKeyStep;
        return begin < end ? Dropped{begin, end} : Dropped{};
    }

    void stretch(std::int64_t head, std::int64_t query_begin, std::int64_t n_queries, std::int64_t key_begin,
                 std::int64_t n_keys, bool add, Desk<T>& desk) const {
        const std::int64_t group = head / (n_heads_ / input_.k_GTE.size(0));
        const T* q_QE = q_HTE_.template const_data_ptr<T>() + (head * length_ + query_begin) * d_head_;
        keys_.scores(q_QE, n_queries, group, key_begin, n_keys, desk.scores_QK.data(), kKeyStretch);
        for (std::int64_t query = 0; query < n_queries; ++query)
            row(head, query, query_begin + query, key_begin, n_keys, add, desk);
        values_.weighted(desk.pattern_QK.data(), kKeyStretch, n_queries, group, key_begin, n_keys, add,
                         desk.z_QE.data());
    }

    // Weights of one query's keys in this stretch; what earlier ones gave shrinks where a larger score turns up.
    void row(std::int64_t head, std::int64_t query, std::int64_t position, std::int64_t key_begin, std::int64_t n_keys,
             bool add, Desk<T>& desk) const {
        const std::int64_t end = std::clamp<std::int64_t>(input_.reach.end(position, length_) - key_begin, 0, n_keys);
        const std::int64_t begin = std::clamp<std::int64_t>(input_.reach.begin(position) - key_begin, 0, end);
        float* scores = desk.scores_QK.data() + query * kKeyStretch;
        auto scale = static_cast<float>(input_.scale);
        if (input_.softcap > 0) {
            row_softcap(scores + begin, end - begin, scale, static_cast<float>(input_.softcap), scores + begin);
            scale = 1.0F;
        }
        hide_dropped(head, position, key_begin, end, scores);
        auto* pattern = reinterpret_cast<Bits*>(desk.pattern_QK.data() + query * kKeyStretch);
        const float shrunk = row_softmax_stretch(scores + begin, end - begin, scale,
                                                 desk.softmax_Q[static_cast<std::size_t>(query)], pattern + begin);
        std::fill(pattern, pattern + begin, Bits{0});
        std::fill(pattern + end, pattern + n_keys, Bits{0});
        float* z = desk.z_QE.data() + query * d_head_;
        if (add && shrunk != 1.0F)
            for (std::int64_t e = 0; e < d_head_; ++e) z[e] *= shrunk;
    }

    // -infinity between the sinks and the local keys, columns from key_begin on up to `end`.
    void hide_dropped(std::int64_t head, std::int64_t position, std::int64_t key_begin, std::int64_t end,
                      float* scores) const {
        if (!input_.reach.causal) return;
        const KeyBand& band = bands_[static_cast<std::size_t>(head)];
        const std::int64_t hidden_end = std::min(end, band.local_begin(input_.reach, position) - key_begin);
        const std::int64_t hidden_begin = std::max<std::int64_t>(0, band.sinks - key_begin);
        if (hidden_begin < hidden_end)
            std::fill(scores + hidden_begin, scores + hidden_end, -std::numeric_limits<float>::infinity());
    }

    const LayerInput& input_;
    std::span<const KeyBand> bands_;  // of every head
    std::int64_t n_heads_, length_, d_head_;
    at::Tensor q_HTE_;
    KeyTiles<T> keys_;
    ValueTiles<T> values_;
    at::Tensor z_THE_;
};

}  // namespace

bool attend_tiles_serves(const LayerInput& input) {
    if (!input.q_HTE.device().is_cpu() || input.scale <= 0) return false;
    const at::ScalarType dtype = input.q_HTE.scalar_type();
    const std::int64_t d_head = input.q_HTE.size(2);
    return (dtype == at::kFloat && tiles_serve<float>(d_head)) ||
           (dtype == at::kBFloat16 && tiles_serve<at::BFloat16>(d_head));
}

at::Tensor attend_tiles(const LayerInput& input, std::span<const KeyBand> bands, JobContext& job) {
    return input.q_HTE.scalar_type() == at::kFloat ? TiledLayer<float>(input, bands).run(job)
                                                   : TiledLayer<at::BFloat16>(input, bands).run(job);
}

}  // namespace gatescope
