// Work on a model that stays as it is.
#include <algorithm>
#include <optional>

#include "analysis/distillation.h"
#include "analysis/gate_gradient.h"
#include "analysis/measurement.h"
#include "analysis/training/train_plan.h"
#include "app/engine/experiments/work_probes.h"
#include "app/engine/seconds_of.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

// Of few layers: a training step, the first report and a later one, of one window.
struct DistillSeconds {
    double step = 0, first = 0, later = 0;
};

DistillSeconds distilled_once(DistillRequest request, ProbeBench& bench) {
    request.steps = 3;
    request.report_every = request.steps;
    request.held_out_windows = 1;
    request.layers = {};
    request.text = "random ids";
    request.out = "gate.safetensors";  // never written
    Distillation work(bench.model(bench.few()), request, bench.text(request.window_length, 4),
                      bench.text(request.window_length, 1));
    DistillSeconds out;
    out.step = 1e9;
    for (bool more = true; more;) {
        bench.job().tick();
        const double before = work.done();
        const double seconds = seconds_of([&] { more = work.step(bench.job()); });
        if (work.done() > before)
            out.step = std::min(out.step, seconds);
        else
            (before > 0 ? out.later : out.first) += seconds;
    }
    return out;
}

// The best of each, as of all probes.
DistillSeconds distill_seconds(const DistillRequest& request, ProbeBench& bench) {
    constexpr double kLong = 1.0;
    DistillSeconds out = distilled_once(request, bench);
    for (int n = 0; n < 2 && out.first + out.later < kLong; ++n) {
        const DistillSeconds again = distilled_once(request, bench);
        out = {std::min(out.step, again.step), std::min(out.first, again.first), std::min(out.later, again.later)};
    }
    return out;
}

std::vector<GateSpec> twins_of(const std::vector<std::string>& gates) {
    std::vector<GateSpec> out;
    for (const std::string& gate : gates) {
        GateSpec spec = parse_gate(gate);
        out.push_back(parse_gate(twin_of(spec.terms.front())));
    }
    return out;
}

std::string joined(const std::vector<GateSpec>& gates) {
    std::string out;
    for (const GateSpec& gate : gates) out += " " + print_gate(gate);
    return out;
}

}  // namespace

std::string twin_of(const GateTerm& term) {
    GateTerm out = term;
    const GateInfo& info = gate_info(term.id);
    if (info.traits.needs_file && info.traits.trainable && !lacks_file(term)) {
        out.id = info.traits.hard ? "random" : "soft-random";
        out.values = initial_values(gate_info(out.id).params);
        for (const char* shared : {"k", "sinks", "local", "rope"})
            if (out.values.contains(shared) && term.values.contains(shared))
                out.values[shared] = term.values.at(shared);
    }
    if (out.values.contains("seed")) out.values["seed"] = std::int64_t{0};
    out.layers = out.heads = {};
    return print_gate({{out}});
}

double seconds_of_distillation(const DistillWork& work, ProbeBench& bench) {
    const DistillRequest& request = work.request;
    const std::string key = "distil " + request.gate + request.loss + std::to_string(request.k) + " " +
                            std::to_string(request.gate_dim) + " " + std::to_string(request.window_length);
    std::optional<DistillSeconds> found;
    const auto part = [&](const char* name, double DistillSeconds::*which) {
        return bench.layers() * bench.once(key + name, [&] {
            if (!found) found = distill_seconds(request, bench);
            return (*found).*which;
        });
    };
    const double head = bench.head_of_pass(request.window_length);
    const double first = part(" first", &DistillSeconds::first) + 3 * head;  // dense, deployed, the oracle
    const double later = part(" later", &DistillSeconds::later) + head;
    const auto reports = static_cast<double>((request.steps + request.report_every - 1) / request.report_every);
    return static_cast<double>(request.steps) * part(" step", &DistillSeconds::step) +
           static_cast<double>(request.held_out_windows) * (first + reports * later);
}

double seconds_of_measuring(const MeasureWork& work, ProbeBench& bench) {
    const TrainPlan plan = train_plans(work.recipe).front();
    RunRequest request;
    request.window_length = plan.window_length;
    request.windows = 2;
    request.gates = twins_of(work.gates);
    request.concentration = work.concentration;
    const std::string key =
        "measure" + joined(request.gates) + (work.concentration ? " mass " : " ") + std::to_string(plan.window_length);
    const double window = bench.layers() * bench.once(key, [&] {
        const auto text = bench.text(plan.window_length, request.windows);
        const double all = bench.timed([&] {
            (void)measure(bench.model(bench.few()), request, std::make_shared<ModelSummary>(), text, bench.job());
        });
        return all / static_cast<double>(request.windows);
    });
    const double passes = 1 + static_cast<double>(work.gates.size());
    return static_cast<double>(plan.held_out_windows) * (window + passes * bench.head_of_pass(plan.window_length));
}

double seconds_of_gradient(const GradientWork& work, ProbeBench& bench) {
    const DistillRequest& asked = work.request;
    return bench.layers() * bench.once("gradient " + std::to_string(asked.window_length), [&] {
        DistillRequest request = asked;
        request.layers = {};
        const auto text = bench.text(request.window_length, 1);
        return bench.timed([&] {
            for (const GateMeans means : {GateMeans::kSet, GateMeans::kBias})
                (void)gate_gradient(bench.model(bench.few()), text->windows.front(), request, means, bench.job());
        });
    });
}

}  // namespace gatescope
