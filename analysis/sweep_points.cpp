// What a sweep measures, known before any model is. No torch.
#include <algorithm>
#include <set>
#include <string>

#include "analysis/sweep.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

bool has_budget(const GateSpec& gate) {
    return std::any_of(gate.terms.begin(), gate.terms.end(),
                       [](const GateTerm& term) { return gate_info(term.id).traits.has_budget; });
}

std::vector<GateSpec> points_of(const GateSpec& gate, const std::vector<std::int64_t>& budgets) {
    if (!has_budget(gate)) return {gate};
    if (budgets.empty())
        throw Failure(FailureKind::kUsage, "has no k to be swept over", "gate " + print_gate(gate), "give --k 8,16,32");
    std::vector<GateSpec> out;
    for (const std::int64_t k : budgets) try {
            out.push_back(with_budget(gate, k));
        } catch (const Failure& failure) {
            throw failure.at("k = " + std::to_string(k));
        }
    return out;
}

}  // namespace

std::vector<GateSpec> sweep_points(const SweepRequest& request) {
    std::vector<GateSpec> points;
    std::set<std::string> there;
    for (const GateSpec& gate : request.gates)
        for (GateSpec& point : points_of(gate, request.k))
            if (!point.dense() && there.insert(print_gate(point)).second) points.push_back(std::move(point));
    if (points.empty())
        throw Failure(FailureKind::kUsage, "there is no gate to sweep", "sweep", "name one: oracle:k=64");
    return points;
}

RunRequest sweep_run(const SweepRequest& request) {
    RunRequest out;
    out.window_length = request.window_length;
    out.windows = request.windows;
    out.gates = sweep_points(request);
    out.concentration = false;
    return out;
}

}  // namespace gatescope
