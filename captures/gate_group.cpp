#include "captures/gate_group.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace gatescope {
namespace {

constexpr std::size_t kDigits = 8;

nlohmann::json parameters_of(const GateTerm& term) {
    nlohmann::json out = nlohmann::json::object();
    for (const auto& [key, value] : term.values)
        std::visit([&out, &name = key](const auto& plain) { out[name] = plain; }, value);
    return out;
}

}  // namespace

GateSpec without_folders(GateSpec gate, const std::map<std::string, std::string>& file_sha256) {
    for (GateTerm& term : gate.terms)
        for (const ParamSpec& spec : gate_info(term.id).params) {
            if (spec.kind != ParamKind::kFile) continue;
            const std::string path = text(term.values, spec.key);
            const auto known = file_sha256.find(path);
            term.values[spec.key] = std::filesystem::path(path).filename().string() +
                                    (known == file_sha256.end() ? "" : "#" + known->second.substr(0, kDigits));
        }
    return gate;
}

GateSpec without_folders(const GateResult& result) {
    return without_folders(result.gate, result.file_sha256);
}

std::string gate_group_name(const GateSpec& gate) {
    std::string name = print_gate(gate);
    std::replace(name.begin(), name.end(), '/', '!');
    return name;
}

GateSpec gate_of_group(const std::string& name) {
    std::string syntax = name;
    std::replace(syntax.begin(), syntax.end(), '!', '/');
    return parse_gate(syntax);
}

std::string gate_ids(const GateSpec& gate) {
    std::string out;
    for (const GateTerm& term : gate.terms) out += (out.empty() ? "" : "+") + term.id;
    return out;
}

std::string gate_parameters(const GateSpec& gate) {
    if (gate.terms.size() == 1) return parameters_of(gate.terms[0]).dump();
    nlohmann::json terms = nlohmann::json::array();
    for (const GateTerm& term : gate.terms)
        terms.push_back({{"id", term.id},
                         {"layers", term.layers.print()},
                         {"heads", term.heads.print()},
                         {"parameters", parameters_of(term)}});
    return nlohmann::json{{"terms", terms}}.dump();
}

}  // namespace gatescope
