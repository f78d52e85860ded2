// term = id [":" key=value ("," key=value)*] ["@" layers ["/" heads]]; gate = term ("+" term)*. A value with , @ + in
// it stands in double quotes; a double quote in such a value is written twice.
#include "model/gates/gate_syntax.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "model/core/closest_match.h"
#include "model/core/error.h"
#include "model/gates/gate.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

constexpr const char* kExample = "write for example oracle:k=64 or window:sinks=4,local=60@2-5";

Failure refused(const std::string& what, const std::string& where, const std::string& hint = kExample) {
    return {FailureKind::kUsage, what, "gate " + one_line(where, 120), hint};
}

// Cuts `text` at `separator` where it does not stand in double quotes.
std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (c == separator && !quoted)
            parts.emplace_back();
        else
            parts.back().push_back(c);
    }
    if (quoted) throw refused("a double quote is not closed", text);
    return parts;
}

// The two sides of the first `separator`; the second is empty and `found` false where there is none.
struct Halves {
    std::string before, after;
    bool found = false;
};

Halves halve(const std::string& text, char separator) {
    std::vector<std::string> parts = split(text, separator);
    Halves halves{parts[0], {}, parts.size() > 1};
    for (std::size_t n = 1; n < parts.size(); ++n) halves.after += (n > 1 ? std::string(1, separator) : "") + parts[n];
    return halves;
}

std::string unquote(const std::string& text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
    std::string out;
    for (std::size_t n = 1; n + 1 < text.size(); ++n) {
        out.push_back(text[n]);
        if (text[n] == '"') ++n;
    }
    return out;
}

std::string quote(const std::string& text) {
    if (text.find_first_of(",@+\"") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

std::vector<std::string> keys_of(const GateInfo& info) {
    std::vector<std::string> keys;
    for (const ParamSpec& spec : info.params) keys.push_back(spec.key);
    return keys;
}

const ParamSpec& spec_of(const GateInfo& info, const std::string& key) {
    for (const ParamSpec& spec : info.params)
        if (spec.key == key) return spec;
    const std::string hint = info.params.empty() ? info.id + " takes no parameters" : suggestion(key, keys_of(info));
    throw refused("unknown parameter \"" + one_line(key, 60) + "\"", info.id, hint);
}

using Without = std::function<bool(const std::string& key)>;

// What the gate demands, as an example: learned:k=64,file=FILE.
std::string shortest_form(const GateInfo& info) {
    std::string out = info.id, separator = ":";
    for (const ParamSpec& spec : info.params) {
        if (!spec.required) continue;
        out += separator + spec.key + "=" + (spec.kind == ParamKind::kFile ? "FILE" : print_value(spec.initial));
        separator = ",";
    }
    return out;
}

// The parameters that two budgets, larger than any block, tell apart.
Without swept_keys(const std::string& id, const ParamValues& values) {
    const auto set_budget = gate_entry(id).set_budget;
    if (set_budget == nullptr) return [](const std::string&) { return false; };
    constexpr std::int64_t kLarge = std::int64_t{1} << 40;
    ParamValues one = values, other = values;
    set_budget(one, kLarge);
    set_budget(other, 2 * kLarge);
    return [one, other](const std::string& key) { return one.at(key) != other.at(key); };
}

// `may_lack`: what need not be given.
ParamValues parse_values(const GateInfo& info, const Halves& text, const Without& may_lack) {
    ParamValues values = initial_values(info.params);
    std::vector<std::string> given;
    if (text.found) {
        for (const std::string& part : split(text.after, ',')) {
            const Halves pair = halve(part, '=');
            const ParamSpec& spec = spec_of(info, pair.before);
            if (!pair.found) throw refused(pair.before + " has no value", info.id, "write " + pair.before + "=...");
            if (std::find(given.begin(), given.end(), spec.key) != given.end())
                throw refused(spec.key + " is given twice", info.id, "give it once");
            given.push_back(spec.key);
            values[spec.key] = parse_value(spec, unquote(pair.after), "gate " + info.id);
        }
    }
    for (const ParamSpec& spec : info.params)
        if (spec.required && std::find(given.begin(), given.end(), spec.key) == given.end() && !may_lack(spec.key))
            throw refused("needs " + spec.key, info.id, "write " + shortest_form(info));
    return values;
}

// What need not be given.
enum class Later { kNothing, kBudget, kFile };

// k against the keys that are kept anyway.
void check_sets(const GateTerm& term) {
    const GateInfo& info = gate_info(term.id);
    const std::int64_t k = budget_of(term, std::numeric_limits<std::int64_t>::max());
    const std::int64_t sinks = sinks_of(term.values), local = local_of(term.values);
    if (k < 1) throw refused("keeps no key: k is " + std::to_string(k), info.id, "k is at least 1");
    if (sinks + local > k)
        throw refused("sinks (" + std::to_string(sinks) + ") + local (" + std::to_string(local) +
                          ") are more than k (" + std::to_string(k) + ")",
                      info.id, "forced keys count inside k");
}

GateTerm parse_term(const std::string& text, Later later) {
    const Halves where = halve(text, '@');
    const Halves what = halve(where.before, ':');
    if (what.before.empty()) throw refused("the name of a gate is missing", text);
    const GateInfo& info = gate_info(what.before);
    const bool swept = later == Later::kBudget;
    const auto set_later = swept_keys(info.id, initial_values(info.params));
    const auto may_lack = [&](const std::string& key) {
        return (swept && set_later(key)) || (later == Later::kFile && info.traits.trainable && key == "file");
    };
    GateTerm term{info.id, parse_values(info, what, may_lack), {}, {}};
    if (where.found) {
        const Halves place = halve(where.after, '/');
        if (place.before.empty() || (place.found && place.after.empty()))
            throw refused("layers or heads are missing behind the @", text, "write @layers or @layers/heads: @2-5/0");
        term.layers = IndexSet::parse(place.before, "layers");
        term.heads = IndexSet::parse(place.after, "heads");
    }
    if (later == Later::kFile)
        check_sets(term);  // what was given was checked as it was read
    else if (!swept || gate_info(term.id).traits.swept == Swept::kNothing)
        check_term(term);
    return term;
}

std::string print_term(const GateTerm& term, const Without& without = {}) {
    std::string out = term.id, separator = ":";
    for (const ParamSpec& spec : gate_info(term.id).params) {
        const ParamValue& value = term.values.at(spec.key);
        const bool missing = spec.kind == ParamKind::kFile && value == spec.initial;
        if ((value == spec.initial && !spec.required) || missing || (without && without(spec.key))) continue;
        out += separator + spec.key + "=" + quote(print_value(value));
        separator = ",";
    }
    if (term.layers.all() && term.heads.all()) return out;
    out += "@" + (term.layers.all() ? "all" : term.layers.print());
    if (!term.heads.all()) out += "/" + term.heads.print();
    return out;
}

std::string print_without_budget(const GateTerm& term) {
    return print_term(term, swept_keys(term.id, term.values));
}

std::string print_terms(const GateSpec& gate, std::string (*print)(const GateTerm&)) {
    std::string out;
    for (const GateTerm& term : gate.terms) out += (out.empty() ? "" : "+") + print(term);
    return out.empty() ? "dense" : out;
}

}  // namespace

void check_term(const GateTerm& term) {
    const GateInfo& info = gate_info(term.id);
    for (const ParamSpec& spec : info.params)
        (void)parse_value(spec, print_value(term.values.at(spec.key)), "gate " + info.id);
    check_sets(term);
}

GateSpec parse_gate(const std::string& text) {
    GateSpec gate;
    for (const std::string& part : split(text, '+')) gate.terms.push_back(parse_term(part, Later::kNothing));
    return gate;
}

GateSpec parse_swept_gate(const std::string& text) {
    GateSpec gate;
    for (const std::string& part : split(text, '+')) gate.terms.push_back(parse_term(part, Later::kBudget));
    return gate;
}

GateSpec parse_trained_gate(const std::string& text) {
    GateSpec gate;
    for (const std::string& part : split(text, '+')) gate.terms.push_back(parse_term(part, Later::kFile));
    return gate;
}

bool lacks_file(const GateTerm& term) {
    return gate_info(term.id).traits.trainable && text(term.values, "file").empty();
}

std::string print_gate(const GateSpec& gate) {
    return print_terms(gate, [](const GateTerm& term) { return print_term(term); });
}

std::string gate_family(const GateSpec& gate) {
    return print_terms(gate, print_without_budget);
}

}  // namespace gatescope
