#pragma once
// Means, deviations and intervals over seeds, or over windows where there is one seed. No torch.

#include <vector>

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

// One value a seed; 95 % from Student's t. Of a single one: no interval.
Quantity over_seeds(const std::vector<double>& values);
// Perplexity: with one seed the interval is that of the windows.
Quantity perplexity_quantity(const std::vector<const GateOutcome*>& by_seed);
// Differences of a and b seed by seed, in perplexity; with one seed by windows: the interval in nats, carried over to
// perplexity at the reference b (b's perplexity times (exp(d) - 1)).
Quantity perplexity_difference(const std::vector<const GateOutcome*>& a, const std::vector<const GateOutcome*>& b);
// Same, in nats a token.
Quantity nll_difference(const std::vector<const GateOutcome*>& a, const std::vector<const GateOutcome*>& b);

// The outcome of a gate in a measuring; nullptr where it isn't there (yet).
const GateOutcome* outcome_of(const Outcomes& outcomes, const std::string& step, const std::string& gate);

}  // namespace gatescope
