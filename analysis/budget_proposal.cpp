#include "analysis/budget_proposal.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace gatescope {
namespace {

// A larger budget for one layer: nats saved for each key or rank more.
struct Step {
    std::size_t layer = 0, to = 0;
    double saving = 0;
};

double cost_of(const BudgetProblem& problem, const std::vector<std::size_t>& index) {
    double out = 0;
    for (std::size_t layer = 0; layer < index.size(); ++layer) out += problem.cost[layer][index[layer]];
    return out;
}

// Any larger budget that there is enough for may be the next one, not just the neighbour: the steepest of them is the
// next edge of the lower convex hull, so that a flat stretch does not hide the drop behind it.
std::optional<Step> best_step(const BudgetProblem& problem, const std::vector<std::size_t>& index, double left) {
    std::optional<Step> best;
    for (std::size_t layer = 0; layer < index.size(); ++layer) {
        const std::size_t from = index[layer];
        for (std::size_t to = from + 1; to < problem.budgets.size(); ++to) {
            const auto more = static_cast<double>(problem.budgets[to] - problem.budgets[from]);
            const double saving = (problem.cost[layer][from] - problem.cost[layer][to]) / more;
            if (more <= left && saving > (best ? best->saving : 0.0)) best = Step{layer, to, saving};
        }
    }
    return best;
}

std::optional<std::size_t> index_of(const std::vector<std::int64_t>& grid, double k) {
    const auto found =
        std::find_if(grid.begin(), grid.end(), [k](std::int64_t at) { return static_cast<double>(at) == k; });
    if (found == grid.end()) return {};
    return static_cast<std::size_t>(found - grid.begin());
}

// Of an equal budget everywhere; between two budgets of the grid on the straight line, beyond it the nearest one's.
double cost_of_equal(const BudgetProblem& problem, double k) {
    const auto above =
        std::lower_bound(problem.budgets.begin(), problem.budgets.end(), k,
                         [](std::int64_t at, double wanted) { return static_cast<double>(at) < wanted; });
    const auto to = std::min<std::ptrdiff_t>(above - problem.budgets.begin(), std::ssize(problem.budgets) - 1);
    const auto high = static_cast<std::size_t>(to), low = static_cast<std::size_t>(std::max<std::ptrdiff_t>(to - 1, 0));
    const auto from = static_cast<double>(problem.budgets[low]), until = static_cast<double>(problem.budgets[high]);
    const double share = high == low ? 0 : std::min(1.0, (k - from) / (until - from));
    double out = 0;
    for (const std::vector<double>& cost : problem.cost) out += cost[low] + share * (cost[high] - cost[low]);
    return out;
}

BudgetProblem problem_of(const SensitivityResult& map) {
    BudgetProblem out{map.request.budgets, {}, map.request.mean_budget};
    for (std::int64_t layer = 0; layer < map.n_layers; ++layer) {
        std::vector<double> cost;
        for (std::size_t k = 0; k < out.budgets.size(); ++k) cost.push_back(map.layer_at(k, layer).nll);
        out.cost.push_back(falling_costs(cost));
    }
    return out;
}

}  // namespace

// Pool adjacent violators. Costs of a few windows are noisy: k = 32 may look cheaper than k = 64. Were the measured
// costs taken as they are, the greedy walk would pick out the lucky ones; pooled, each stands for its neighbours too.
std::vector<double> falling_costs(const std::vector<double>& cost) {
    struct Pool {
        double sum = 0;
        std::size_t size = 0;
        double mean() const { return sum / static_cast<double>(size); }
    };
    std::vector<Pool> pools;
    for (const double value : cost) {
        pools.push_back({value, 1});
        while (pools.size() > 1 && pools.back().mean() > pools[pools.size() - 2].mean()) {
            const Pool last = pools.back();
            pools.pop_back();
            pools.back().sum += last.sum;
            pools.back().size += last.size;
        }
    }
    std::vector<double> out;
    for (const Pool& pool : pools) out.insert(out.end(), pool.size, pool.mean());
    return out;
}

BudgetChoice spread_budget(const BudgetProblem& problem) {
    const std::size_t layers = problem.cost.size();
    BudgetChoice out{std::vector<std::size_t>(layers, 0), 0};
    double left = (problem.mean - static_cast<double>(problem.budgets.front())) * static_cast<double>(layers);
    while (const auto step = best_step(problem, out.index, left)) {
        left -= static_cast<double>(problem.budgets[step->to] - problem.budgets[out.index[step->layer]]);
        out.index[step->layer] = step->to;
    }
    out.cost = cost_of(problem, out.index);
    // The last of it may fit nowhere, which equal budgets can happen to use.
    if (const auto equal = index_of(problem.budgets, problem.mean)) {
        const std::vector<std::size_t> everywhere(layers, *equal);
        if (const double cost = cost_of(problem, everywhere); cost < out.cost) out = {everywhere, cost};
    }
    return out;
}

GateSpec gate_of_budgets(const GateTerm& term, const std::vector<std::int64_t>& by_layer) {
    std::map<std::int64_t, std::vector<std::int64_t>> layers;
    for (std::size_t layer = 0; layer < by_layer.size(); ++layer)
        layers[by_layer[layer]].push_back(static_cast<std::int64_t>(layer));
    GateSpec out;
    for (const auto& [budget, members] : layers) {
        GateTerm part = with_budget({{term}}, budget).terms.front();
        part.layers = layers.size() == 1 ? IndexSet() : IndexSet(members);
        part.heads = {};
        out.terms.push_back(std::move(part));
    }
    return out;
}

BudgetProposal propose_budget(const SensitivityResult& map) {
    const BudgetProblem problem = problem_of(map);
    const BudgetChoice choice = spread_budget(problem);
    BudgetProposal out;
    for (const std::size_t index : choice.index) out.budgets.push_back(problem.budgets[index]);
    out.gate = gate_of_budgets(map.request.gate, out.budgets);
    const auto everywhere = static_cast<std::int64_t>(std::floor(problem.mean));
    out.equal = gate_of_budgets(map.request.gate, std::vector<std::int64_t>(problem.cost.size(), everywhere));
    out.predicted = choice.cost;
    out.predicted_equal = cost_of_equal(problem, static_cast<double>(everywhere));
    return out;
}

}  // namespace gatescope
