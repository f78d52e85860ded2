#include "model/gates/gate_info.h"

#include <algorithm>
#include <filesystem>

#include "model/core/registry.h"
#include "model/gates/gate.h"
#include "model/gates/gate_syntax.h"
#include "model/gates/stored_keys.h"

namespace gatescope {
namespace {

std::vector<GateInfo> collect_infos() {
    std::vector<GateInfo> infos;
    for (const GateEntry& entry : gate_entries()) infos.push_back(entry.info);
    return infos;
}

bool keeps_all(const GateTerm& term) {
    return term.id == "dense";
}

}  // namespace

const GateEntry& gate_entry(const std::string& id) {
    for (const GateEntry& entry : gate_entries())
        if (entry.info.id == id) return entry;
    throw Failure(FailureKind::kUsage, "unknown gate \"" + one_line(id, 60) + "\"", {},
                  suggestion(id, ids_of(gate_infos())));
}

const std::vector<GateInfo>& gate_infos() {
    static const std::vector<GateInfo> infos = collect_infos();
    return infos;
}

const GateInfo& gate_info(const std::string& id) {
    return gate_entry(id).info;
}

std::string describe(const GateInfo& info) {
    return "budget: " + info.budget + "; granularity: " + info.granularity + "; " +
           (info.traits.causal ? "causal" : "sees later tokens") + "; " +
           (info.training.empty() ? "never trained" : "trained by " + info.training) + "; source: " + info.source +
           (info.traits.decoding_method ? "; a decoding method, which teacher forcing simulates" : "");
}

const GateTerm* GateSpec::term_for(std::int64_t layer, std::int64_t head) const {
    for (auto term = terms.rbegin(); term != terms.rend(); ++term)
        if (term->layers.contains(layer) && term->heads.contains(head)) return keeps_all(*term) ? nullptr : &*term;
    return nullptr;
}

bool GateSpec::dense() const {
    return std::all_of(terms.begin(), terms.end(), keeps_all);
}

void check_gate(const GateSpec& gate, std::int64_t n_layers, std::int64_t n_heads) {
    for (const GateTerm& term : gate.terms) {
        try {
            term.layers.check(n_layers, "layers");
            term.heads.check(n_heads, "heads");
        } catch (const Failure& failure) {
            throw failure.at("gate " + print_gate({{term}}));
        }
    }
}

std::vector<std::string> files_of(const GateSpec& gate) {
    std::vector<std::string> files;
    for (const GateTerm& term : gate.terms)
        for (const ParamSpec& spec : gate_info(term.id).params)
            if (spec.kind == ParamKind::kFile && !text(term.values, spec.key).empty())
                files.push_back(text(term.values, spec.key));
    return files;
}

GateSpec with_whole_paths(GateSpec gate) {
    for (GateTerm& term : gate.terms)
        for (const ParamSpec& spec : gate_info(term.id).params)
            if (spec.kind == ParamKind::kFile && !text(term.values, spec.key).empty())
                term.values[spec.key] = std::filesystem::absolute(text(term.values, spec.key)).string();
    return gate;
}

void check_gate_files(const GateSpec& gate, const ModelConfig& model, const std::string& model_sha256) {
    for (const GateTerm& term : gate.terms)
        if (const auto check = gate_entry(term.id).check_file) check(term, {model, model_sha256});
}

GateSpec with_budget(const GateSpec& gate, std::int64_t budget) {
    GateSpec out = gate;
    for (GateTerm& term : out.terms) {
        const GateEntry& entry = gate_entry(term.id);
        if (entry.set_budget == nullptr) continue;
        entry.set_budget(term.values, budget);
        check_term(term);
    }
    return out;
}

Swept swept_of(const GateSpec& gate) {
    Swept out = Swept::kNothing;
    for (const GateTerm& term : gate.terms) {
        const Swept swept = gate_info(term.id).traits.swept;
        if (swept == Swept::kNothing) continue;
        if (out != Swept::kNothing && out != swept)
            throw Failure(FailureKind::kUsage, "has a k and a rank, which can't be swept at once",
                          "gate " + print_gate(gate), "sweep one of its parts");
        out = swept;
    }
    return out;
}

std::vector<std::string> cautions_of(const GateSpec& gate, const ModelConfig& model) {
    std::vector<std::string> out;
    const auto add = [&out](const std::string& caution, bool holds) {
        if (holds && !caution.empty() && std::find(out.begin(), out.end(), caution) == out.end())
            out.push_back(caution);
    };
    for (const GateTerm& term : gate.terms) {
        const GateCautions& cautions = gate_info(term.id).cautions;
        add(cautions.rope, model.rope_dims > 0);
        add(cautions.qk_norm, model.qk_norm != QkNorm::kNone);
    }
    return out;
}

std::int64_t swept_budget(const GateTerm& term, std::int64_t window) {
    const auto of_values = gate_entry(term.id).swept_budget;
    return of_values != nullptr ? of_values(term.values) : budget_of(term, window);
}

std::int64_t budget_of(const GateTerm& term, std::int64_t window) {
    return term.keys != nullptr ? term.keys->longest : gate_entry(term.id).budget(term.values, window);
}

}  // namespace gatescope
