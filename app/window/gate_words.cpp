#include "app/window/gate_words.h"

#include <algorithm>
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

std::string relative_number(const PairedDifference& difference) {
    if (std::isnan(difference.nll)) return "–";
    const double change = 100 * std::expm1(difference.nll);
    const auto digits_for = [](double size) { return size < 10 ? 2 : size < 100 ? 1 : 0; };
    if (std::isnan(difference.low) || std::isnan(difference.high))
        return formatted("%+.*f %%", digits_for(std::abs(change)), change);
    const double reach = 50 * (std::expm1(difference.high) - std::expm1(difference.low));
    const int digits = digits_for(std::max(std::abs(change), reach));
    return formatted("%+.*f %% ± %.*f", digits, change, digits, reach);
}

std::string difference_verdict(const PairedDifference& difference) {
    if (std::isnan(difference.nll)) return {};
    if (std::isnan(difference.low) || std::isnan(difference.high)) return "needs two windows";
    return difference.low > 0 || difference.high < 0 ? "real" : "not told apart yet";
}

std::string work_words(const GateCost& cost) {
    if (!(cost.dense_flops > 0) || std::isnan(cost.flops)) return {};
    const bool giga = cost.dense_flops >= 1e8;
    return formatted("%.1f %%, %.2f %s", 100 * cost.flops / cost.dense_flops, cost.flops / (giga ? 1e9 : 1e6),
                     giga ? "GFLOP" : "MFLOP");
}

std::string cache_words(const GateCost& cost) {
    if (!(cost.dense_key_value_bytes > 0) || std::isnan(cost.key_value_bytes)) return {};
    const bool mega = cost.dense_key_value_bytes >= 1 << 19;
    return formatted("%.1f %%, %.2f %s", 100 * cost.key_value_bytes / cost.dense_key_value_bytes,
                     cost.key_value_bytes / (mega ? 1 << 20 : 1 << 10), mega ? "MiB" : "KiB");
}

std::string gate_group(const GateInfo& info) {
    if (info.id == "dense") return {};
    if (info.granularity == "head") return "Changes to a head";
    if (!info.training.empty() || info.traits.trainable) return "Trained";
    if (info.granularity == "block") return "Blocks of keys";
    return info.traits.hard ? "Sets of keys" : "All keys, weighted";
}

std::string gate_about(const GateInfo& info) {
    return info.budget + " · by " + info.granularity + " · " +
           (info.training.empty() ? "never trained" : "trained by " + info.training) + " · " + info.source;
}

std::string gate_help(const GateInfo& info) {
    return info.help + "\n" + describe(info);
}

std::string term_places(const GateTerm& term) {
    const std::string layers = term.layers.print(), heads = term.heads.print();
    const auto named = [](const std::string& what, const std::string& numbers) {
        const bool one = numbers.find_first_of("-,") == std::string::npos;
        return what + (one ? " " : "s ") + numbers;
    };
    if (layers.empty()) return heads.empty() ? "all heads" : named("head", heads);
    return named("layer", layers) + (heads.empty() ? "" : ", " + named("head", heads));
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
