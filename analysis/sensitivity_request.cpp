// What a sensitivity map measures, known before any model is. No torch.
#include <algorithm>
#include <string>

#include "analysis/sensitivity.h"
#include "model/core/error.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

// The keys that the gate really keeps when it is asked to keep k.
std::int64_t budget_at(const GateTerm& term, std::int64_t k, std::int64_t window_length) try {
    return budget_of(with_budget({{term}}, k).terms.front(), window_length);
} catch (const Failure& failure) {
    throw failure.at("k = " + std::to_string(k));
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
    if (!gate_info(request.gate.id).traits.has_budget)
        throw Failure(FailureKind::kUsage, "has no budget that layers could differ in", where);
    if (request.k.empty()) throw Failure(FailureKind::kUsage, "there is no k to measure", where, "give --k 8,16,32");
    for (std::int64_t& k : request.k) k = budget_at(request.gate, k, request.window_length);
    std::sort(request.k.begin(), request.k.end());
    request.k.erase(std::unique(request.k.begin(), request.k.end()), request.k.end());
    if (request.each_head) request.head_k = budget_at(request.gate, request.head_k, request.window_length);
    if (!(request.mean_k >= static_cast<double>(request.k.front())))
        throw Failure(FailureKind::kUsage, "a mean k of " + print_value(request.mean_k) + " can't be spent", where,
                      "the least k is " + std::to_string(request.k.front()));
    (void)budget_at(request.gate, static_cast<std::int64_t>(request.mean_k), request.window_length);
    return request;
}

bool same_sensitivity(const SensitivityRequest& one, const SensitivityRequest& other) {
    return one.windows == other.windows && one.window_length == other.window_length && kind_of(one) == kind_of(other);
}

}  // namespace gatescope
