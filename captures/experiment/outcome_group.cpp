#include "captures/experiment/outcome_group.h"

#include <set>

#include "captures/experiment/columns.h"
#include "captures/group_name.h"
#include "captures/schema.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

using Curves = std::vector<std::shared_ptr<const TrainCurve>>;
using CurvesByName = std::map<std::string, std::shared_ptr<const TrainCurve>>;

constexpr std::int64_t kMostGates = 10000, kMostCurves = 100;

// A curve of an outcome: what the user knows it by, and what it is called in the capture.
struct CurveNames {
    std::string name, run;
};

// window_tokens as numbers with NaN behind the last would lose what whole numbers say to h5py's users: -1 stands there.
void write_windows(h5::Writer& out, const std::string& group, const std::vector<GateOutcome>& gates) {
    std::size_t windows = 0;
    for (const GateOutcome& gate : gates)
        windows = std::max({windows, gate.window_nll.size(), gate.window_tokens.size()});
    if (windows == 0) return;
    std::vector<double> nll;
    std::vector<std::int64_t> tokens;
    for (const GateOutcome& gate : gates) {
        nll.insert(nll.end(), gate.window_nll.begin(), gate.window_nll.end());
        nll.resize(nll.size() + windows - gate.window_nll.size(), std::numeric_limits<double>::quiet_NaN());
        tokens.insert(tokens.end(), gate.window_tokens.begin(), gate.window_tokens.end());
        tokens.resize(tokens.size() + windows - gate.window_tokens.size(), -1);
    }
    out.count_scale(group, schema::kWindow, static_cast<std::int64_t>(windows));
    out.doubles(group, "window_nll", nll, {"gate", schema::kWindow});
    out.longs(group, "window_tokens", tokens, {"gate", schema::kWindow});
}

void write_gates(h5::Writer& out, const std::string& group, const std::vector<GateOutcome>& gates,
                 const StoredPaths& paths) {
    if (gates.empty()) return;
    using Gate = GateOutcome;
    out.group(group);
    ColumnWriter<Gate> table(out, group, "gate", gates);
    table.texts("syntax", [&](const Gate& gate) { return paths.gate(gate.gate); });
    table.reals("sparsity", [](const Gate& gate) { return gate.sparsity; });
    table.reals("nll", [](const Gate& gate) { return gate.estimate.nll; });
    table.reals("perplexity", [](const Gate& gate) { return gate.estimate.perplexity; });
    table.reals("nll_standard_error", [](const Gate& gate) { return gate.estimate.nll_standard_error; });
    table.reals("perplexity_low", [](const Gate& gate) { return gate.estimate.low; });
    table.reals("perplexity_high", [](const Gate& gate) { return gate.estimate.high; });
    table.counts("tokens", [](const Gate& gate) { return gate.estimate.tokens; });
    table.counts("windows", [](const Gate& gate) { return gate.estimate.windows; });
    table.reals("f1", [](const Gate& gate) { return gate.f1; });
    table.reals("captured_mass", [](const Gate& gate) { return gate.captured_mass; });
    write_windows(out, group, gates);
}

void read_windows(const h5::Reader& in, const std::string& group, std::vector<GateOutcome>& gates) {
    if (gates.empty() || !in.has(group + "/window_nll")) return;
    const h5::Shape shape = in.shape(group + "/window_nll");
    if (shape.size() != 2 || shape[0] != static_cast<std::int64_t>(gates.size()))
        throw Failure(FailureKind::kBadFile, "has no row for each gate", in.where(group + "/window_nll"));
    const auto nll = in.doubles(group + "/window_nll", shape);
    const auto tokens = in.longs(group + "/window_tokens", shape);
    auto at = std::ptrdiff_t{0};
    for (GateOutcome& gate : gates) {
        const auto begin = tokens.begin() + at, end = begin + shape[1];
        const auto behind = std::find_if(begin, end, [](std::int64_t count) { return count < 0; });
        gate.window_tokens.assign(begin, behind);
        gate.window_nll.assign(nll.begin() + at, nll.begin() + at + (behind - begin));
        at += shape[1];
    }
}

std::vector<GateOutcome> read_gates(const h5::Reader& in, const std::string& group) {
    if (!in.has(group)) return {};
    using Gate = GateOutcome;
    ColumnReader<Gate> table(in, group, "gate", kMostGates);
    table.texts("syntax", [](Gate& gate, std::string value) { gate.gate = std::move(value); });
    table.reals("sparsity", [](Gate& gate, double value) { gate.sparsity = value; });
    table.reals("nll", [](Gate& gate, double value) { gate.estimate.nll = value; });
    table.reals("perplexity", [](Gate& gate, double value) { gate.estimate.perplexity = value; });
    table.reals("nll_standard_error", [](Gate& gate, double value) { gate.estimate.nll_standard_error = value; });
    table.reals("perplexity_low", [](Gate& gate, double value) { gate.estimate.low = value; });
    table.reals("perplexity_high", [](Gate& gate, double value) { gate.estimate.high = value; });
    table.counts("tokens", [](Gate& gate, std::int64_t value) { gate.estimate.tokens = value; });
    table.counts("windows", [](Gate& gate, std::int64_t value) { gate.estimate.windows = value; });
    table.reals("f1", [](Gate& gate, double value) { gate.f1 = value; });
    table.reals("captured_mass", [](Gate& gate, double value) { gate.captured_mass = value; });
    read_windows(in, group, table.rows);
    return table.rows;
}

void write_layers(h5::Writer& out, const std::string& group, const std::map<std::string, std::vector<double>>& series) {
    if (series.empty() || series.begin()->second.empty()) return;
    out.group(group);
    out.count_scale(group, schema::kLayer, static_cast<std::int64_t>(series.begin()->second.size()));
    for (const auto& [name, values] : series) out.doubles(group, name, values, {schema::kLayer});
}

std::map<std::string, std::vector<double>> read_layers(const h5::Reader& in, const std::string& group) {
    std::map<std::string, std::vector<double>> out;
    if (!in.has(group)) return out;
    const h5::Shape shape = in.shape(group + "/" + schema::kLayer);
    for (const std::string& name : in.members(group))
        if (name != schema::kLayer && in.has_dataset(group + "/" + name))
            out[name] = in.doubles(group + "/" + name, shape);
    return out;
}

// One below the other: gates may be of different layers.
void write_gradients(h5::Writer& out, const std::string& group, const std::vector<GateGradient>& gradients) {
    if (gradients.empty()) return;
    out.group(group);
    std::set<std::string> taken;
    for (const GateGradient& gradient : gradients) {
        const std::string own = group + "/" + group_name(gradient.gate, taken);
        out.group(own);
        out.attribute(own, "gate", gradient.gate);
        out.attribute(own, "nonzero_values", gradient.nonzero_values);
        out.attribute(own, "values", gradient.values);
        if (gradient.layers.empty()) continue;
        out.scale(own, schema::kLayer, gradient.layers);
        out.doubles(own, "norms", gradient.norms, {schema::kLayer});
    }
}

std::vector<GateGradient> read_gradients(const h5::Reader& in, const std::string& group) {
    std::vector<GateGradient> out;
    if (!in.has(group)) return out;
    for (const std::string& name : in.members(group)) {
        const std::string own = group + "/" + name;
        if (in.has_dataset(own)) continue;
        GateGradient gradient;
        gradient.gate = in.text(own, "gate");
        gradient.nonzero_values = in.integer(own, "nonzero_values");
        gradient.values = in.integer(own, "values");
        if (in.has(own + "/" + schema::kLayer)) {
            gradient.layers = in.long_list(own + "/" + schema::kLayer);
            gradient.norms = in.doubles(own + "/norms", {static_cast<std::int64_t>(gradient.layers.size())});
        }
        out.push_back(std::move(gradient));
    }
    return out;
}

// A run of that step in /runs: the step alone, or with what tells its curves apart.
void write_curves_of(h5::Writer& out, const std::string& group, const std::string& step, const Curves& curves,
                     std::set<std::string>& taken, Curves& all) {
    if (curves.empty()) return;
    std::vector<CurveNames> names;
    for (const auto& curve : curves) {
        auto renamed = std::make_shared<TrainCurve>(*curve);
        renamed->name = group_name(curves.size() == 1 ? step : step + " " + curve->name, taken);
        names.push_back({curve->name, renamed->name});
        all.push_back(std::move(renamed));
    }
    ColumnWriter<CurveNames> table(out, group, "curve", names);
    table.texts("curve_name", [](const CurveNames& curve) { return curve.name; });
    table.texts("run", [](const CurveNames& curve) { return curve.run; });
}

Curves read_curves_of(const h5::Reader& in, const std::string& group, const CurvesByName& all) {
    ColumnReader<CurveNames> table(in, group, "curve", kMostCurves);
    table.texts("curve_name", [](CurveNames& curve, std::string value) { curve.name = std::move(value); });
    table.texts("run", [](CurveNames& curve, std::string value) { curve.run = std::move(value); });
    Curves out;
    for (const CurveNames& names : table.rows) {
        const auto found = all.find(names.run);
        if (found == all.end())
            throw Failure(FailureKind::kBadFile, "names a run that is not there: " + one_line(names.run, 80),
                          in.where(group + "/run"));
        auto curve = std::make_shared<TrainCurve>(*found->second);
        curve->name = names.name;
        out.push_back(std::move(curve));
    }
    return out;
}

void write_outcome(h5::Writer& out, const std::string& group, const StepOutcome& outcome, const StoredPaths& paths) {
    out.group(group);
    out.attribute(group, "step", outcome.step);
    out.attribute(group, "done", std::int64_t{outcome.done ? 1 : 0});
    out.attribute(group, "seconds", outcome.seconds);
    out.attribute(group, "device", outcome.device);
    out.attribute(group, "adopted", paths.adopted(outcome.adopted));
    out.attribute(group, "dense_perplexity", outcome.dense_perplexity);
    out.attribute(group, "oracle_perplexity", outcome.oracle_perplexity);
    write_gates(out, group + "/gates", outcome.gates, paths);
    write_layers(out, group + "/by_layer", outcome.by_layer);
    write_gradients(out, group + "/gradients", outcome.gradients);
}

StepOutcome read_outcome(const h5::Reader& in, const std::string& group, const CurvesByName& curves) {
    StepOutcome out;
    out.step = in.text(group, "step");
    out.done = in.integer(group, "done") == 1;
    out.seconds = in.real(group, "seconds");
    out.device = in.text(group, "device");
    out.adopted = in.text(group, "adopted");
    out.dense_perplexity = in.real(group, "dense_perplexity");
    out.oracle_perplexity = in.real(group, "oracle_perplexity");
    out.gates = read_gates(in, group + "/gates");
    out.by_layer = read_layers(in, group + "/by_layer");
    out.gradients = read_gradients(in, group + "/gradients");
    out.curves = read_curves_of(in, group, curves);
    return out;
}

}  // namespace

Curves write_outcomes(h5::Writer& out, const std::string& group, const Outcomes& outcomes, const StoredPaths& paths) {
    Curves curves;
    if (outcomes.empty()) return curves;
    out.group(group);
    std::set<std::string> taken, runs;
    for (const auto& [step, outcome] : outcomes) {
        const std::string own = group + "/" + group_name(step, taken);
        write_outcome(out, own, outcome, paths);
        write_curves_of(out, own, step, outcome.curves, runs, curves);
    }
    return curves;
}

Outcomes read_outcomes(const h5::Reader& in, const std::string& group, const Curves& curves) {
    Outcomes out;
    if (!in.has(group)) return out;
    CurvesByName by_name;
    for (const auto& curve : curves) by_name[curve->name] = curve;
    for (const std::string& name : in.members(group)) {
        if (in.has_dataset(group + "/" + name)) continue;
        StepOutcome outcome = read_outcome(in, group + "/" + name, by_name);
        const std::string step = outcome.step;
        if (!out.emplace(step, std::move(outcome)).second)
            throw Failure(FailureKind::kBadFile, "is of a step that another is of, too", in.where(group + "/" + name));
    }
    return out;
}

}  // namespace gatescope
