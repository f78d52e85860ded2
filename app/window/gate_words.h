#pragma once
// What a gate costs, in numbers with fixed digits and in words.

#include <string>

#include "analysis/results.h"

namespace gatescope {

// "+0.027 ± 0.009 nats": half of the 95 % interval; without ± where one window gives none.
std::string difference_number(const PairedDifference& difference);
// "worse than dense, certain", where the 95 % interval excludes 0.
std::string difference_words(const PairedDifference& difference, const std::string& reference);
// "+0.52 % ± 0.10": of the perplexity; without ± where one window gives none.
std::string relative_number(const PairedDifference& difference);
// "real" where the 95 % interval excludes 0, "not told apart yet" where it does not.
std::string difference_verdict(const PairedDifference& difference);
// "23.1 %, 0.61 GFLOP"; empty where it is not known.
std::string work_words(const GateCost& cost);
// "12.5 %, 1.4 MiB"
std::string cache_words(const GateCost& cost);
// The heading under which a gate stands in a list of all; empty for dense.
std::string gate_group(const GateInfo& info);
// What it keeps, what trains it, where it is from: "k keys · by token · never trained · ours".
std::string gate_about(const GateInfo& info);
// What it does, and all that it says of itself (describe()).
std::string gate_help(const GateInfo& info);
// Where a term of a gate applies: "layers 0-3, head 2", "all heads".
std::string term_places(const GateTerm& term);
// "± 1.3, 4,088 tokens"
std::string estimate_words(const PerplexityEstimate& estimate);
// "95 %: 30.5 – 33.0"
std::string interval_words(const PerplexityEstimate& estimate);
// "31.74", "–" while there is none.
std::string perplexity_number(const PerplexityEstimate& estimate);

}  // namespace gatescope
