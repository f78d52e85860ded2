#include "model/gates/pair_tally.h"

#include <ATen/TensorOperators.h>

#include <algorithm>

namespace gatescope {

double allowed_pairs(const KeyReach& reach, QueryRange queries) {
    double pairs = 0;
    for (std::int64_t query = queries.begin; query < queries.end; ++query)
        pairs += static_cast<double>(query + 1 - reach.begin(query));
    return pairs;
}

double ranked_pairs(const KeyReach& reach, QueryRange queries, std::int64_t k) {
    double pairs = 0;
    for (std::int64_t query = queries.begin; query < queries.end; ++query)
        pairs += static_cast<double>(std::min(k, query + 1 - reach.begin(query)));
    return pairs;
}

double band_pairs(const KeyReach& reach, QueryRange queries, const KeyBand& band) {
    double pairs = 0;
    for (std::int64_t query = queries.begin; query < queries.end; ++query) {
        const std::int64_t begin = reach.begin(query), local = band.local_begin(reach, query);
        pairs +=
            static_cast<double>(query + 1 - local + std::max<std::int64_t>(0, std::min(band.sinks, local) - begin));
    }
    return pairs;
}

bool PairTally::takes(std::int64_t layer, QueryRange queries) {
    std::int64_t& next = layers_[layer].next_query;
    if (queries.begin != next) return false;
    next = queries.end;
    return true;
}

void PairTally::add(std::int64_t layer, const at::Tensor& pairs) {
    at::Tensor& sum = layers_[layer].on_device;
    sum = sum.defined() ? sum + pairs : pairs;
}

double PairTally::pairs(std::int64_t layer) const {
    const auto found = layers_.find(layer);
    if (found == layers_.end()) return 0;
    const at::Tensor& on_device = found->second.on_device;
    return found->second.pairs + (on_device.defined() ? on_device.item<double>() : 0.0);
}

}  // namespace gatescope
