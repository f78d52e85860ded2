// What a sensitivity map measures, known before any model is. No torch.
#include <algorithm>
#include <string>

#include "analysis/sensitivity.h"
#include "model/core/error.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

// The budget that the gate really has when it is asked for one.
std::int64_t budget_at(const GateTerm& term, std::int64_t budget, std::int64_t window_length) try {
    return swept_budget(with_budget({{term}}, budget).terms.front(), window_length);
} catch (const Failure& failure) {
    throw failure.at(swept_info(swept_of({{term}})).name + " = " + std::to_string(budget));
}

// The gate without its place and budget.
std::string kind_of(const SensitivityRequest& request) {
    GateTerm term = request.gate;
    term.layers = term.heads = {};
    return gate_family({{term}});
}

}  // namespace

SensitivityRequest checked_sensitivity(SensitivityRequest request) {
    const std::string where = "gate " + print_gate({{request.gate}});
    const Swept swept = swept_of({{request.gate}});
    if (swept == Swept::kNothing)
        throw Failure(FailureKind::kUsage, "has no budget that layers could differ in", where);
    const std::string& name = swept_info(swept).name;
    auto& budgets = request.budgets;
    if (budgets.empty())
        throw Failure(FailureKind::kUsage, "there is no " + name + " to measure", where, "give --" + name + " 8,16,32");
    const auto possible = [&](std::int64_t budget) { return budget_at(request.gate, budget, request.window_length); };
    std::transform(budgets.begin(), budgets.end(), budgets.begin(), possible);
    std::sort(budgets.begin(), budgets.end());
    budgets.erase(std::unique(budgets.begin(), budgets.end()), budgets.end());
    if (request.each_head) request.head_budget = possible(request.head_budget);
    if (!(request.mean_budget >= static_cast<double>(budgets.front())))
        throw Failure(FailureKind::kUsage,
                      "a mean " + name + " of " + print_value(request.mean_budget) + " can't be spent", where,
                      "the least " + name + " is " + std::to_string(budgets.front()));
    (void)possible(static_cast<std::int64_t>(request.mean_budget));
    return request;
}

bool same_sensitivity(const SensitivityRequest& one, const SensitivityRequest& other) {
    return one.windows == other.windows && one.window_length == other.window_length && kind_of(one) == kind_of(other);
}

}  // namespace gatescope
