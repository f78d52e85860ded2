#pragma once
// What a gate costs, in numbers with fixed digits and in words.

#include <string>

#include "analysis/results.h"

namespace gatescope {

// "+0.027 ± 0.009 nats": half of the 95 % interval; without ± where one window gives none.
std::string difference_number(const PairedDifference& difference);
// "worse than dense, certain", where the 95 % interval excludes 0.
std::string difference_words(const PairedDifference& difference, const std::string& reference);
// "± 1.3, 4,088 tokens"
std::string estimate_words(const PerplexityEstimate& estimate);
// "95 %: 30.5 – 33.0"
std::string interval_words(const PerplexityEstimate& estimate);
// "31.74", "–" while there is none.
std::string perplexity_number(const PerplexityEstimate& estimate);

}  // namespace gatescope
