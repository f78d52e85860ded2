#pragma once
// How a budget, of keys or of rank, is best spread over layers, from what each layer alone costs. DEFINITIONS.md
// section 4. No torch.

#include <cstdint>
#include <vector>

#include "analysis/lab_results.h"

namespace gatescope {

// Costs of layers at an ascending grid of budgets, taken to add up.
struct BudgetProblem {
    std::vector<std::int64_t> budgets;      // ascending
    std::vector<std::vector<double>> cost;  // [layer][budget], nats
    double mean = 0;                        // over layers; at least budgets.front()
};

struct BudgetChoice {
    std::vector<std::size_t> index;  // into budgets, by layer
    double cost = 0;                 // of all layers
};

// The costs that never rise with the budget and lie closest to the measured ones (least squares).
std::vector<double> falling_costs(const std::vector<double>& cost);

// Greedy, on the costs as they are given. Never dearer than equal budgets where the grid has that.
BudgetChoice spread_budget(const BudgetProblem& problem);

// One term for each budget, naming its layers; a single term without layers where all are equal.
GateSpec gate_of_budgets(const GateTerm& term, const std::vector<std::int64_t>& by_layer);

// From a map whose layers all have a cost: the proposal, its predictions of falling costs. Not measured yet.
BudgetProposal propose_budget(const SensitivityResult& map);

}  // namespace gatescope
