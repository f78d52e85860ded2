#include "app/window/gate_words.h"

#include <cmath>

#include "app/window/widgets/text.h"

namespace gatescope {

std::string difference_number(const PairedDifference& difference) {
    if (std::isnan(difference.nll)) return "–";
    if (std::isnan(difference.low) || std::isnan(difference.high)) return formatted("%+.3f nats", difference.nll);
    return formatted("%+.3f ± %.3f nats", difference.nll, (difference.high - difference.low) / 2);
}

std::string difference_words(const PairedDifference& difference, const std::string& reference) {
    if (std::isnan(difference.nll)) return {};
    if (std::isnan(difference.low) || std::isnan(difference.high)) return "one window: no interval yet";
    if (difference.low > 0) return "worse than " + reference + ", certain";
    if (difference.high < 0) return "better than " + reference + ", certain";
    return "not told apart from " + reference;
}

std::string estimate_words(const PerplexityEstimate& estimate) {
    if (std::isnan(estimate.perplexity)) return {};
    const std::string tokens = grouped(estimate.tokens) + " tokens";
    if (std::isnan(estimate.low) || std::isnan(estimate.high)) return tokens;
    return formatted("± %.1f, ", (estimate.high - estimate.low) / 2) + tokens;
}

std::string interval_words(const PerplexityEstimate& estimate) {
    if (std::isnan(estimate.low) || std::isnan(estimate.high)) return "95 %: needs two windows";
    return formatted("95 %%: %.1f – %.1f", estimate.low, estimate.high);
}

std::string perplexity_number(const PerplexityEstimate& estimate) {
    return std::isnan(estimate.perplexity)
               ? "–"
               : formatted(estimate.perplexity < 1000 ? "%.2f" : "%.0f", estimate.perplexity);
}

}  // namespace gatescope
