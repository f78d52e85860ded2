#pragma once
// From which rank, or number of keys, on a gate keeps 99 % of the model. DEFINITIONS.md section 7. No torch.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/lab_results.h"
#include "analysis/sweep_curves.h"

namespace gatescope {

inline constexpr double kKeptShare = 0.99;

// What is left of a token's probability, by geometric mean, where the loss grows by `nll`: exp(-nll).
double kept_share(double nll);

// What a budget costs in nats a token; NaN: not measured.
struct BudgetCost {
    std::int64_t budget = 0;
    double nll = 0;
};
// The least of the budgets, ascending, from which on every one keeps kKeptShare; none where the largest does not, or
// where what lies behind the least is not measured.
std::optional<std::int64_t> kept_budget(std::span<const BudgetCost> costs);

// Of a sweep's curve: the gate wherever it applies.
std::optional<std::int64_t> kept_budget(const SweepCurve& curve);
// Of each layer alone.
std::vector<std::optional<std::int64_t>> kept_budgets(const SensitivityResult& map);

}  // namespace gatescope
