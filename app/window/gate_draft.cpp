#include "app/window/gate_draft.h"

#include "model/core/error.h"

namespace gatescope {

void GateDraft::follow(const std::string& setting) {
    if (setting == followed_ && !spec_.terms.empty()) return;
    followed_ = setting;
    if (setting == sent_ && !spec_.terms.empty()) return;
    sent_.clear();  // its echo would be news after this
    try {
        spec_ = parse_gate(setting.empty() ? "dense" : setting);
        error_.clear();
    } catch (const Failure& failure) {
        error_ = failure.what();
        if (spec_.terms.empty()) spec_ = parse_gate("dense");
    }
}

// A gate that parses is sent; what does not fit together (more sinks than k) stays a draft with its reason.
std::string GateDraft::changed(GateSpec next) {
    spec_ = std::move(next);
    try {
        sent_ = print_gate(parse_gate(print_gate(spec_)));
        error_.clear();
        return sent_;
    } catch (const Failure& failure) {
        error_ = failure.what();
        return {};
    }
}

std::string GateDraft::choose(const std::string& id) {
    const GateInfo& info = gate_info(id);
    GateTerm next;
    next.id = id;
    next.values = initial_values(info.params);
    if (simple()) {
        next.layers = term().layers;
        next.heads = term().heads;
        // What both kinds have (k, sinks, local) stays as it was.
        for (const ParamSpec& spec : info.params) {
            const auto known = term().values.find(spec.key);
            if (known != term().values.end() && known->second.index() == spec.initial.index())
                next.values[spec.key] = known->second;
        }
    }
    if (info.params.empty() && id == "dense") next.layers = next.heads = IndexSet();
    GateSpec spec;
    spec.terms = {std::move(next)};
    return changed(std::move(spec));
}

std::string GateDraft::set(const std::string& key, ParamValue value) {
    GateSpec next = spec_;
    next.terms.front().values[key] = std::move(value);
    return changed(std::move(next));
}

std::string GateDraft::set_layers(const std::string& text) {
    try {
        GateSpec next = spec_;
        next.terms.front().layers = IndexSet::parse(text == "all" ? "" : text, "layers");
        return changed(std::move(next));
    } catch (const Failure& failure) {
        error_ = failure.what();
        return {};
    }
}

std::string GateDraft::set_heads(const std::string& text) {
    try {
        GateSpec next = spec_;
        next.terms.front().heads = IndexSet::parse(text == "all" ? "" : text, "heads");
        return changed(std::move(next));
    } catch (const Failure& failure) {
        error_ = failure.what();
        return {};
    }
}

std::string GateDraft::set_syntax(const std::string& text) {
    try {
        return changed(parse_gate(text));
    } catch (const Failure& failure) {
        error_ = failure.what();
        return {};
    }
}

}  // namespace gatescope
