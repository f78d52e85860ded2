#include "analysis/budget_proposal.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace gatescope {
namespace {

// More keys for one layer: nats saved for each.
struct Step {
    std::size_t layer = 0, to = 0;
    double saving = 0;
};

double cost_of(const BudgetProblem& problem, const std::vector<std::size_t>& index) {
    double out = 0;
    for (std::size_t layer = 0; layer < index.size(); ++layer) out += problem.cost[layer][index[layer]];
    return out;
}

// Any larger budget that there are keys for may be the next one, not just the neighbour: the steepest of them is the
// next edge of the lower convex hull, so that a flat stretch does not hide the drop behind it.
std::optional<Step> best_step(const BudgetProblem& problem, const std::vector<std::size_t>& index, double keys_left) {
    std::optional<Step> best;
    for (std::size_t layer = 0; layer < index.size(); ++layer) {
        const std::size_t from = index[layer];
        for (std::size_t to = from + 1; to < problem.k.size(); ++to) {
            const auto keys = static_cast<double>(problem.k[to] - problem.k[from]);
            const double saving = (problem.cost[layer][from] - problem.cost[layer][to]) / keys;
            if (keys <= keys_left && saving > (best ? best->saving : 0.0)) best = Step{layer, to, saving};
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

// Of equal k everywhere; between two budgets of the grid on the straight line, beyond it the nearest one's.
double cost_of_equal(const BudgetProblem& problem, double k) {
    const auto above = std::lower_bound(problem.k.begin(), problem.k.end(), k, [](std::int64_t at, double wanted) {
        return static_cast<double>(at) < wanted;
    });
    const auto to = std::min<std::ptrdiff_t>(above - problem.k.begin(), std::ssize(problem.k) - 1);
    const auto high = static_cast<std::size_t>(to), low = static_cast<std::size_t>(std::max<std::ptrdiff_t>(to - 1, 0));
    const auto from = static_cast<double>(problem.k[low]), until = static_cast<double>(problem.k[high]);
    const double share = high == low ? 0 : std::min(1.0, (k - from) / (until - from));
    double out = 0;
    for (const std::vector<double>& cost : problem.cost) out += cost[low] + share * (cost[high] - cost[low]);
    return out;
}

BudgetProblem problem_of(const SensitivityResult& map) {
    BudgetProblem out{map.request.k, {}, map.request.mean_k};
    for (std::int64_t layer = 0; layer < map.n_layers; ++layer) {
        std::vector<double> cost;
        for (std::size_t k = 0; k < out.k.size(); ++k) cost.push_back(map.layer_at(k, layer).nll);
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
    double keys_left = (problem.mean_k - static_cast<double>(problem.k.front())) * static_cast<double>(layers);
    while (const auto step = best_step(problem, out.index, keys_left)) {
        keys_left -= static_cast<double>(problem.k[step->to] - problem.k[out.index[step->layer]]);
        out.index[step->layer] = step->to;
    }
    out.cost = cost_of(problem, out.index);
    // The last keys may fit nowhere, which equal budgets can happen to use.
    if (const auto equal = index_of(problem.k, problem.mean_k)) {
        const std::vector<std::size_t> everywhere(layers, *equal);
        if (const double cost = cost_of(problem, everywhere); cost < out.cost) out = {everywhere, cost};
    }
    return out;
}

GateSpec gate_of_budgets(const GateTerm& term, const std::vector<std::int64_t>& k_by_layer) {
    std::map<std::int64_t, std::vector<std::int64_t>> layers;
    for (std::size_t layer = 0; layer < k_by_layer.size(); ++layer)
        layers[k_by_layer[layer]].push_back(static_cast<std::int64_t>(layer));
    GateSpec out;
    for (const auto& [k, members] : layers) {
        GateTerm part = with_budget({{term}}, k).terms.front();
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
    for (const std::size_t index : choice.index) out.k.push_back(problem.k[index]);
    out.gate = gate_of_budgets(map.request.gate, out.k);
    const auto equal_k = static_cast<std::int64_t>(std::floor(problem.mean_k));
    out.equal = gate_of_budgets(map.request.gate, std::vector<std::int64_t>(problem.cost.size(), equal_k));
    out.predicted = choice.cost;
    out.predicted_equal = cost_of_equal(problem, static_cast<double>(equal_k));
    return out;
}

}  // namespace gatescope
