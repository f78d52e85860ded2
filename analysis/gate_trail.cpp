#include "analysis/gate_trail.h"

namespace gatescope {
namespace {

using Hashes = std::map<std::string, std::string>;

// Without the layers and heads it is for.
std::string text_of(const GateTerm& term, const Hashes& file_sha256) {
    const GateSpec everywhere{{{term.id, term.values, {}, {}}}};
    std::string text = print_gate(everywhere);
    for (const std::string& file : files_of(everywhere))
        if (const auto hash = file_sha256.find(file); hash != file_sha256.end()) text += "#" + hash->second;
    return text;
}

// "0-3 oracle:k=8;5 uniform:k=4;": each head beside those with the same term before it; nothing for dense ones.
std::string text_of_layer(const GateSpec& gate, std::int64_t layer, std::int64_t n_heads,
                          const std::map<const GateTerm*, std::string>& terms) {
    std::map<std::string, std::vector<std::int64_t>> heads;
    for (std::int64_t head = 0; head < n_heads; ++head)
        if (const GateTerm* term = gate.term_for(layer, head)) heads[terms.at(term)].push_back(head);
    std::string text;
    for (const auto& [term, members] : heads) text += IndexSet(members).print() + " " + term + ";";
    return text;
}

}  // namespace

GateTrail::GateTrail(const GateSpec& gate, const ModelConfig& model, const Hashes& file_sha256) : below_{""} {
    std::map<const GateTerm*, std::string> terms;
    for (const GateTerm& term : gate.terms) terms[&term] = text_of(term, file_sha256);
    for (std::int64_t layer = 0; layer < model.n_layers; ++layer) {
        layers_.push_back(text_of_layer(gate, layer, model.n_heads, terms));
        const std::string own =
            layers_.back().empty() ? "" : "layer " + std::to_string(layer) + ": " + layers_.back() + "\n";
        below_.push_back(below_.back() + own);
    }
}

bool GateTrail::turns_at(std::int64_t layer) const {
    const std::string before = layer == 0 ? "" : layers_[static_cast<std::size_t>(layer) - 1];
    return layers_[static_cast<std::size_t>(layer)] != before;
}

}  // namespace gatescope
