#include "analysis/stored_pattern.h"

#include <algorithm>
#include <optional>
#include <span>

#include "model/checkpoint/half.h"

namespace gatescope {
namespace {

// Where `index` stands among the analysed layers or heads; none where it is not one of them.
std::optional<std::int64_t> place_of(const IndexSet& analysed, std::int64_t index, std::int64_t count) {
    const std::vector<std::int64_t> members = analysed.members(count);
    const auto found = std::find(members.begin(), members.end(), index);
    if (found == members.end()) return std::nullopt;
    return found - members.begin();
}

// 1 where the gate keeps the key; empty where the window's sets are not stored.
std::vector<std::uint8_t> stored_keys(const GateResult& gate, std::int64_t window, std::int64_t row,
                                      std::int64_t column, std::int64_t tokens) {
    if (!gate.masks || window >= gate.masks->windows || gate.masks->queries < tokens) return {};
    const KeySets& sets = *gate.masks;
    std::vector<std::uint8_t> kept(static_cast<std::size_t>(tokens * tokens), 0);
    const std::int64_t first = ((window * sets.layers + row) * sets.heads + column) * sets.queries * sets.slots;
    for (std::int64_t query = 0; query < tokens; ++query) {
        const auto keys = std::span(sets.keys).subspan(static_cast<std::size_t>(first + query * sets.slots),
                                                       static_cast<std::size_t>(sets.slots));
        for (const std::int32_t key : keys)
            if (key >= 0 && key < tokens) kept[static_cast<std::size_t>(query * tokens + key)] = 1;
    }
    return kept;
}

}  // namespace

std::shared_ptr<const PatternMatrix> stored_pattern(const RunResult& run, std::int64_t layer, std::int64_t head,
                                                    std::int64_t window) {
    const auto stored = std::find_if(run.patterns.begin(), run.patterns.end(),
                                     [&](const auto& patterns) { return patterns->window == window; });
    const auto row = place_of(run.request.layers, layer, run.model->config.n_layers);
    const auto column = place_of(run.request.heads, head, run.model->config.n_heads);
    if (stored == run.patterns.end() || !row || !column) return nullptr;
    const WindowPatterns& patterns = **stored;
    auto out = std::make_shared<PatternMatrix>();
    out->layer = layer;
    out->head = head;
    out->window = window;
    out->tokens = patterns.queries;
    out->causal = run.model->config.causal;
    const auto cells = static_cast<std::size_t>(patterns.queries * patterns.queries);
    const auto first = static_cast<std::size_t>(*row * patterns.heads + *column) * cells;
    const auto halves = std::span(patterns.probabilities).subspan(first, cells);
    out->probabilities.resize(cells);
    std::transform(halves.begin(), halves.end(), out->probabilities.begin(), float_of_half);
    if (!run.gates.empty()) out->kept_a = stored_keys(run.gates[0], window, *row, *column, patterns.queries);
    if (run.gates.size() > 1) out->kept_b = stored_keys(run.gates[1], window, *row, *column, patterns.queries);
    return out;
}

}  // namespace gatescope
