#pragma once
// Small products within one thread, by oneDNN's kernels behind ATen's brgemm: a block of queries against a stretch of
// keys, and their weights against the values. Keys are put in the order that these want once a layer, which makes them
// more than twice as fast as a matrix product a block. T is float or at::BFloat16; sums are float32 for both.
// G key/value head, Q query of a block, K key of a stretch, E d_head; P a pair of neighbours that the processor
// multiplies at once.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace gatescope {

// Whether they serve heads of this width on this machine. bfloat16 needs a processor that multiplies it and an even
// width.
template <typename T>
bool tiles_serve(std::int64_t d_head);

// Keys come in whole steps wherever that is free, so that products have few shapes: each is compiled once a thread.
constexpr std::int64_t kKeyStep = 64;
// Keys that one product takes at most: a stretch begins at a multiple of it.
constexpr std::int64_t kKeyStretch = 512;

// Keys as [G, stretch, E, kKeyStretch], or [G, stretch, P, kKeyStretch, 2] in bfloat16; zeros after the last token.
template <typename T>
class KeyTiles {
  public:
    explicit KeyTiles(const at::Tensor& k_GTE);

    // scores_QK = q_QE k_KE^T for keys [key, key + n_keys) of one stretch; n_keys may reach beyond the last token.
    // `stride`: from one query's scores to the next's.
    void scores(const T* q_QE, std::int64_t n_queries, std::int64_t group, std::int64_t key, std::int64_t n_keys,
                float* scores_QK, std::int64_t stride) const;

  private:
    void pack(const at::Tensor& k_GTE);
    std::int64_t offset(std::int64_t group, std::int64_t key) const;

    std::int64_t length_, d_head_, padded_;
    at::Tensor k_;
};

// Values as [G, T, E], or [G, T / 2, E, 2] in bfloat16; zeros after the last token up to a whole step.
template <typename T>
class ValueTiles {
  public:
    explicit ValueTiles(const at::Tensor& v_GTE);

    // z_QE = weights_QK v_KE, or with `add` that much more. Weights beyond the last token are 0.
    void weighted(const T* weights_QK, std::int64_t stride, std::int64_t n_queries, std::int64_t group,
                  std::int64_t key, std::int64_t n_keys, bool add, float* z_QE) const;

  private:
    std::int64_t length_, d_head_, padded_;
    at::Tensor v_;
};

// Held by a thread while it multiplies: gives matrix registers back where the processor has them, also when a job is
// cancelled.
struct TileThread {
    TileThread() = default;
    ~TileThread();
    TileThread(const TileThread&) = delete;
    TileThread& operator=(const TileThread&) = delete;
};

}  // namespace gatescope
