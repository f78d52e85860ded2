#pragma once
// How many (query, key) pairs a gate leaves, counted as it speaks: sets of rankings and bands have known sizes, masks
// are counted where they are made. Of heads under a gate that read keys; all others follow from the model's shape.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>

#include "model/key_band.h"
#include "model/key_reach.h"

namespace gatescope {

// Rows [begin, end) of a causal layer.
struct QueryRange {
    std::int64_t begin = 0, end = 0;
};
// Sums over queries: of n_i, of min(n_i, k), of a band's set.
double allowed_pairs(const KeyReach& reach, QueryRange queries);
double ranked_pairs(const KeyReach& reach, QueryRange queries, std::int64_t k);
double band_pairs(const KeyReach& reach, QueryRange queries, const KeyBand& band);

class PairTally {
  public:
    void clear() { layers_.clear(); }
    void begin_layer(std::int64_t layer) { layers_[layer] = {}; }
    // Blocks count in their order and once: a look at the last query alone does not.
    bool takes(std::int64_t layer, QueryRange queries);
    void add(std::int64_t layer, double pairs) { layers_[layer].pairs += pairs; }
    // A number on the device that it was counted on: reading it now would wait for the device.
    void add(std::int64_t layer, const at::Tensor& pairs);
    double pairs(std::int64_t layer) const;

  private:
    struct Layer {
        std::int64_t next_query = 0;
        double pairs = 0;
        at::Tensor on_device;
    };
    std::map<std::int64_t, Layer> layers_;
};

}  // namespace gatescope
