#include "analysis/sweep_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

double mean_over_heads(const GateResult& gate, const char* figure) {
    const auto grid = gate.agreement.find(figure);
    if (grid == gate.agreement.end()) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0, count = 0;
    for (const float value : grid->second.values) {
        if (std::isnan(value)) continue;
        sum += static_cast<double>(value);
        ++count;
    }
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

std::int64_t swept_budget(const GateSpec& gate, std::int64_t window_length) {
    for (const GateTerm& term : gate.terms)
        if (gate_info(term.id).traits.swept != Swept::kNothing) return swept_budget(term, window_length);
    return 0;
}

// A capture may hold gates that no sweep would take: their terms are swept in different ways.
Swept first_swept(const GateSpec& gate) {
    for (const GateTerm& term : gate.terms)
        if (const Swept swept = gate_info(term.id).traits.swept; swept != Swept::kNothing) return swept;
    return Swept::kNothing;
}

// What stands behind the id of a gate of one term goes behind its label.
std::string label_of(const GateSpec& gate, const std::string& family) {
    if (gate.terms.size() != 1) return family;
    const GateInfo& info = gate_info(gate.terms[0].id);
    if (family == info.id) return info.label;
    const std::string rest = family.substr(info.id.size());
    return info.label + " (" + (rest.starts_with(':') ? rest.substr(1) : rest) + ")";
}

SweepPoint point_of(const RunResult& run, std::size_t index) {
    const GateResult& gate = run.gates[index];
    return {index,
            swept_budget(gate.gate, run.request.window_length),
            gate.sparsity,
            gate.perplexity.estimate,
            gate.from_dense,
            mean_over_heads(gate, "f1"),
            mean_over_heads(gate, "captured_mass")};
}

}  // namespace

std::vector<SweepCurve> sweep_curves(const RunResult& run) {
    std::vector<SweepCurve> curves;
    for (std::size_t index = 0; index < run.gates.size(); ++index) {
        const GateSpec& gate = run.gates[index].gate;
        if (gate.dense()) continue;
        const std::string family = gate_family(gate);
        auto curve =
            std::find_if(curves.begin(), curves.end(), [&](const SweepCurve& known) { return known.syntax == family; });
        if (curve == curves.end())
            curve = curves.insert(curve, {label_of(gate, family), family, first_swept(gate), {}});
        curve->points.push_back(point_of(run, index));
    }
    for (SweepCurve& curve : curves)
        std::stable_sort(curve.points.begin(), curve.points.end(),
                         [](const SweepPoint& one, const SweepPoint& other) { return one.budget < other.budget; });
    return curves;
}

}  // namespace gatescope
