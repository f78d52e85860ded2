#include "analysis/experiments/seed_statistics.h"

#include <algorithm>
#include <cmath>

#include "analysis/perplexity.h"

namespace gatescope {
namespace {

WindowMeans means_of(const GateOutcome& outcome) {
    return {outcome.window_nll, outcome.window_tokens};
}

using Outcome = std::vector<const GateOutcome*>;
using Pair = std::pair<const GateOutcome*, const GateOutcome*>;

// Seeds of which both are there.
std::vector<Pair> pairs_of(const Outcome& a, const Outcome& b) {
    std::vector<Pair> out;
    for (std::size_t n = 0; n < std::min(a.size(), b.size()); ++n)
        if (a[n] != nullptr && b[n] != nullptr) out.emplace_back(a[n], b[n]);
    return out;
}

// `by_seed`: of a pair; `of_nll`: what a difference in nats amounts to beside the pair's second. It rises.
template <typename BySeed, typename OfNll>
Quantity difference(const std::vector<Pair>& pairs, const BySeed& by_seed, const OfNll& of_nll) {
    std::vector<double> values;
    for (const Pair& pair : pairs) values.push_back(by_seed(pair));
    if (pairs.size() != 1) return over_seeds(values);
    const PairedDifference windows = difference_of_means(means_of(*pairs[0].first), means_of(*pairs[0].second));
    Quantity out;
    out.mean = values[0];
    out.low = of_nll(windows.low, *pairs[0].second);
    out.high = of_nll(windows.high, *pairs[0].second);
    out.count = windows.windows;
    out.over = "windows";
    out.values = values;
    return out;
}

}  // namespace

Quantity over_seeds(const std::vector<double>& values) {
    Quantity out;
    out.over = "seeds";
    out.values = values;
    std::vector<double> known;
    std::copy_if(values.begin(), values.end(), std::back_inserter(known), [](double x) { return !std::isnan(x); });
    out.count = std::ssize(known);
    if (known.empty()) return out;
    const auto n = static_cast<double>(known.size());
    double mean = 0, squares = 0;
    for (const double value : known) mean += value / n;
    out.mean = mean;
    if (known.size() < 2) return out;
    for (const double value : known) squares += (value - mean) * (value - mean);
    out.deviation = std::sqrt(squares / (n - 1));
    const double reach = student_t_95(out.count - 1) * out.deviation / std::sqrt(n);
    out.low = mean - reach;
    out.high = mean + reach;
    return out;
}

Quantity perplexity_quantity(const Outcome& by_seed) {
    Outcome there;
    std::copy_if(by_seed.begin(), by_seed.end(), std::back_inserter(there), [](auto* each) { return each != nullptr; });
    std::vector<double> values;
    for (const GateOutcome* each : there) values.push_back(each->estimate.perplexity);
    if (there.size() != 1) return over_seeds(values);
    const PerplexityEstimate& only = there[0]->estimate;
    Quantity out;
    out.mean = only.perplexity;
    out.low = only.low;
    out.high = only.high;
    out.count = only.windows;
    out.over = "windows";
    out.values = values;
    return out;
}

Quantity perplexity_difference(const Outcome& a, const Outcome& b) {
    const auto by_seed = [](const Pair& pair) {
        return pair.first->estimate.perplexity - pair.second->estimate.perplexity;
    };
    const auto of_nll = [](double nll, const GateOutcome& reference) {
        return reference.estimate.perplexity * std::expm1(nll);
    };
    return difference(pairs_of(a, b), by_seed, of_nll);
}

Quantity nll_difference(const Outcome& a, const Outcome& b) {
    const auto by_seed = [](const Pair& pair) { return pair.first->estimate.nll - pair.second->estimate.nll; };
    return difference(pairs_of(a, b), by_seed, [](double nll, const GateOutcome&) { return nll; });
}

const GateOutcome* outcome_of(const Outcomes& outcomes, const std::string& step, const std::string& gate) {
    const auto found = outcomes.find(step);
    if (found == outcomes.end()) return nullptr;
    const auto& gates = found->second.gates;
    const auto at = std::find_if(gates.begin(), gates.end(), [&gate](const auto& each) { return each.gate == gate; });
    return at == gates.end() ? nullptr : &*at;
}

}  // namespace gatescope
