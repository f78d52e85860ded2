// H query head, G key/value head, T token, Q query of a block, K key of a stretch, E d_head; P a pair of neighbours
// that the processor multiplies at once.
#include "model/transformer/attention_bfloat16.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

namespace blas = at::native::cpublas;

constexpr std::int64_t kQueries = 64;
// Keys come in whole steps, so that products have few shapes: each is compiled once a thread.
constexpr std::int64_t kStep = 64;
// Scores of one head that are held at once: queries x stretch stay in a core's second-level cache.
constexpr std::int64_t kStretch = 512;

std::int64_t rounded_up(std::int64_t n, std::int64_t unit) {
    return (n + unit - 1) / unit * unit;
}

bool processor_has_bfloat16() {
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

// The product can't be asked whether it is served; it throws where not. 1 * 2 + 3 * 4 tells.
bool product_works() {
    const std::vector<at::BFloat16> row = {1.0F, 3.0F}, column = {2.0F, 4.0F};
    float product = 0;
    try {
        blas::brgemm(1, 1, 2, 2, 1, 1, false, row.data(), column.data(), &product);
        blas::brgemm_release();
    } catch (const c10::Error&) {
        return false;
    }
    return product == 14.0F;
}

// Keys as [G, stretch, P, kStretch, 2] and values as [G, T / 2, E, 2], zeros after the last token.
class PackedKeysAndValues {
  public:
    explicit PackedKeysAndValues(const LayerInput& input)
        : length_(input.k_GTE.size(1)),
          d_head_(input.k_GTE.size(2)),
          padded_(rounded_up(length_, kStretch)),
          k_(at::zeros({input.k_GTE.size(0), padded_, d_head_}, input.k_GTE.options())),
          v_(at::zeros({input.v_GTE.size(0), padded_, d_head_}, input.v_GTE.options())) {
        const at::Tensor k_GTE = input.k_GTE.contiguous(), v_GTE = input.v_GTE.contiguous();
        const auto* k = static_cast<const std::uint16_t*>(k_GTE.const_data_ptr());
        const auto* v = static_cast<const std::uint16_t*>(v_GTE.const_data_ptr());
        at::parallel_for(0, k_GTE.size(0) * padded_ / kStep, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t step = begin; step < end; ++step) {
                const std::int64_t group = step * kStep / padded_, first = step * kStep % padded_;
                const std::int64_t count = std::min(length_ - first, kStep);
                const std::int64_t from = (group * length_ + first) * d_head_;
                pack_keys(k + from, count, key_bits(group, first));
                pack_values(v + from, count, value_bits(group, first));
            }
        });
    }

    const at::BFloat16* keys(std::int64_t group, std::int64_t key) const {
        return k_.const_data_ptr<at::BFloat16>() + key_offset(group, key);
    }
    const at::BFloat16* values(std::int64_t group, std::int64_t key) const {
        return v_.const_data_ptr<at::BFloat16>() + (group * padded_ + key) * d_head_;
    }

  private:
    std::int64_t key_offset(std::int64_t group, std::int64_t key) const {
        return (group * padded_ + key / kStretch * kStretch) * d_head_ + key % kStretch * 2;
    }
    std::uint16_t* key_bits(std::int64_t group, std::int64_t key) const {
        return static_cast<std::uint16_t*>(k_.data_ptr()) + key_offset(group, key);
    }
    std::uint16_t* value_bits(std::int64_t group, std::int64_t key) const {
        return static_cast<std::uint16_t*>(v_.data_ptr()) + (group * padded_ + key) * d_head_;
    }

    void pack_keys(const std::uint16_t* k_KE, std::int64_t count, std::uint16_t* out) const {
        for (std::int64_t e = 0; e < d_head_; e += 2)
            for (std::int64_t key = 0; key < count; ++key) {
                out[e * kStretch + 2 * key] = k_KE[key * d_head_ + e];
                out[e * kStretch + 2 * key + 1] = k_KE[key * d_head_ + e + 1];
            }
    }

    void pack_values(const std::uint16_t* v_KE, std::int64_t count, std::uint16_t* out) const {
        for (std::int64_t key = 0; key < count; ++key)
            for (std::int64_t e = 0; e < d_head_; ++e)
                out[key / 2 * 2 * d_head_ + 2 * e + key % 2] = v_KE[key * d_head_ + e];
    }

    std::int64_t length_, d_head_, padded_;
    at::Tensor k_, v_;
};

// What a thread works in.
struct Desk {
    explicit Desk(std::int64_t d_head)
        : scores_QK(kQueries * kStretch),
          pattern_QK(kQueries * kStretch),
          z_QE(static_cast<std::size_t>(kQueries * d_head)),
          softmax_Q(kQueries) {}
    // Gives matrix registers back where the processor has them, also when a job is cancelled.
    ~Desk() { blas::brgemm_release(); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    std::vector<float> scores_QK;
    std::vector<at::BFloat16> pattern_QK;
    std::vector<float> z_QE;
    std::vector<RunningSoftmax> softmax_Q;
};

class Bfloat16Layer {
  public:
    explicit Bfloat16Layer(const LayerInput& input)
        : input_(input),
          n_heads_(input.q_HTE.size(0)),
          length_(input.q_HTE.size(1)),
          d_head_(input.q_HTE.size(2)),
          q_HTE_(input.q_HTE.contiguous()),
          packed_(input),
          z_THE_(at::empty({length_, n_heads_, d_head_}, input.q_HTE.options())) {}

    at::Tensor run(JobContext& job) {
        const std::int64_t n_blocks = (length_ + kQueries - 1) / kQueries, n_tasks = n_blocks * n_heads_;
        std::atomic<std::int64_t> next{0};
        const std::int64_t n_threads = std::min<std::int64_t>(n_tasks, at::get_num_threads());
        at::parallel_for(0, n_threads, 1, [&](std::int64_t begin, std::int64_t end) {
            if (begin == end) return;
            Desk desk(d_head_);
            for (std::int64_t task = next++; task < n_tasks; task = next++) {
                job.tick();
                block(task % n_heads_, (n_blocks - 1 - task / n_heads_) * kQueries, desk);
            }
        });
        return z_THE_.view({length_, -1});
    }

  private:
    void block(std::int64_t head, std::int64_t query_begin, Desk& desk) const {
        const std::int64_t n_queries = std::min(length_ - query_begin, kQueries);
        const std::int64_t key_begin = input_.reach.begin(query_begin) / kStep * kStep;
        const std::int64_t key_end = rounded_up(input_.reach.end(query_begin + n_queries - 1, length_), kStep);
        std::fill(desk.softmax_Q.begin(), desk.softmax_Q.end(), RunningSoftmax());
        for (std::int64_t key = key_begin; key < key_end;) {
            const std::int64_t n_keys = std::min(key_end, rounded_up(key + 1, kStretch)) - key;
            stretch(head, query_begin, n_queries, key, n_keys, key != key_begin, desk);
            key += n_keys;
        }
        auto* z_THE = static_cast<std::uint16_t*>(z_THE_.data_ptr());
        for (std::int64_t query = 0; query < n_queries; ++query)
            row_scale(desk.z_QE.data() + query * d_head_, d_head_,
                      1.0F / desk.softmax_Q[static_cast<std::size_t>(query)].total,
                      z_THE + ((query_begin + query) * n_heads_ + head) * d_head_);
    }

    void stretch(std::int64_t head, std::int64_t query_begin, std::int64_t n_queries, std::int64_t key_begin,
                 std::int64_t n_keys, bool add, Desk& desk) const {
        const std::int64_t group = head / (n_heads_ / input_.k_GTE.size(0));
        const at::BFloat16* q_QE = q_HTE_.const_data_ptr<at::BFloat16>() + (head * length_ + query_begin) * d_head_;
        blas::brgemm(n_queries, n_keys, d_head_, d_head_, kStretch, kStretch, false, q_QE,
                     packed_.keys(group, key_begin), desk.scores_QK.data());
        for (std::int64_t query = 0; query < n_queries; ++query)
            row(query, query_begin + query, key_begin, n_keys, add, desk);
        blas::brgemm(n_queries, d_head_, n_keys, kStretch, d_head_, d_head_, add, desk.pattern_QK.data(),
                     packed_.values(group, key_begin), desk.z_QE.data());
    }

    // Weights of one query's keys in this stretch; what earlier ones gave shrinks where a larger score turns up.
    void row(std::int64_t query, std::int64_t position, std::int64_t key_begin, std::int64_t n_keys, bool add,
             Desk& desk) const {
        const std::int64_t end = std::clamp<std::int64_t>(input_.reach.end(position, length_) - key_begin, 0, n_keys);
        const std::int64_t begin = std::clamp<std::int64_t>(input_.reach.begin(position) - key_begin, 0, end);
        float* scores = desk.scores_QK.data() + query * kStretch;
        auto scale = static_cast<float>(input_.scale);
        if (input_.softcap > 0) {
            row_softcap(scores + begin, end - begin, scale, static_cast<float>(input_.softcap), scores + begin);
            scale = 1.0F;
        }
        auto* pattern = reinterpret_cast<std::uint16_t*>(desk.pattern_QK.data() + query * kStretch);
        const float shrunk = row_softmax_stretch(scores + begin, end - begin, scale,
                                                 desk.softmax_Q[static_cast<std::size_t>(query)], pattern + begin);
        std::fill(pattern, pattern + begin, std::uint16_t{0});
        std::fill(pattern + end, pattern + n_keys, std::uint16_t{0});
        float* z = desk.z_QE.data() + query * d_head_;
        if (add && shrunk != 1.0F)
            for (std::int64_t e = 0; e < d_head_; ++e) z[e] *= shrunk;
    }

    const LayerInput& input_;
    std::int64_t n_heads_, length_, d_head_;
    at::Tensor q_HTE_;
    PackedKeysAndValues packed_;
    at::Tensor z_THE_;
};

}  // namespace

bool serves_bfloat16(const LayerInput& input) {
    static const bool works = processor_has_bfloat16() && product_works();
    return works && at::globalContext().userEnabledMkldnn() && input.q_HTE.device().is_cpu() &&
           input.q_HTE.scalar_type() == at::kBFloat16 && input.q_HTE.size(2) % 2 == 0 && input.scale > 0;
}

at::Tensor attend_bfloat16(const LayerInput& input, JobContext& job) {
    return Bfloat16Layer(input).run(job);
}

}  // namespace gatescope
