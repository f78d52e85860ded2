#include "analysis/kept_rank.h"

#include <cmath>

namespace gatescope {

double kept_share(double nll) {
    return std::exp(-nll);
}

// A rank that keeps enough below one that does not is luck of a few windows.
std::optional<std::int64_t> kept_budget(std::span<const BudgetCost> costs) {
    std::optional<std::int64_t> least;
    for (auto cost = costs.rbegin(); cost != costs.rend() && kept_share(cost->nll) >= kKeptShare; ++cost)
        least = cost->budget;
    return least;
}

std::optional<std::int64_t> kept_budget(const SweepCurve& curve) {
    std::vector<BudgetCost> costs;
    for (const SweepPoint& point : curve.points) costs.push_back({point.budget, point.from_dense.nll});
    return curve.swept == Swept::kNothing ? std::nullopt : kept_budget(costs);
}

std::vector<std::optional<std::int64_t>> kept_budgets(const SensitivityResult& map) {
    std::vector<std::optional<std::int64_t>> out;
    for (std::int64_t layer = 0; layer < map.n_layers; ++layer) {
        std::vector<BudgetCost> costs;
        for (std::size_t budget = 0; budget < map.request.budgets.size(); ++budget)
            costs.push_back({map.request.budgets[budget], map.layer_at(budget, layer).nll});
        out.push_back(kept_budget(costs));
    }
    return out;
}

}  // namespace gatescope
