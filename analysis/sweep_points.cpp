// What a sweep measures, known before any model is. No torch.
#include <algorithm>
#include <set>
#include <string>

#include "analysis/sweep.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

std::vector<GateSpec> points_of(const GateSpec& gate, const SweepRequest& request) {
    const Swept swept = swept_of(gate);
    if (swept == Swept::kNothing) return {gate};
    const std::string& name = swept_info(swept).name;
    const auto budgets = request.budgets.find(swept);
    if (budgets == request.budgets.end() || budgets->second.empty())
        throw Failure(FailureKind::kUsage, "has no " + name + " to be swept over", "gate " + print_gate(gate),
                      "give --" + name + " 8,16,32");
    std::vector<GateSpec> out;
    for (const std::int64_t budget : budgets->second) try {
            out.push_back(with_budget(gate, budget));
        } catch (const Failure& failure) {
            throw failure.at(name + " = " + std::to_string(budget));
        }
    return out;
}

}  // namespace

std::vector<GateSpec> sweep_points(const SweepRequest& request) {
    std::vector<GateSpec> points;
    std::set<std::string> there;
    for (const GateSpec& gate : request.gates)
        for (GateSpec& point : points_of(gate, request))
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
