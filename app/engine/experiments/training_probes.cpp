// Layers below the lowest one that trains go forward alone; a gate costs where it is; the head is apart.
#include <algorithm>

#include "analysis/training/training_report.h"
#include "app/engine/experiments/work_probes.h"
#include "app/engine/training_steps.h"
#include "model/gates/gate_syntax.h"
#include "model/transformer/device.h"

namespace gatescope {
namespace {

std::string names_of(const std::set<TrainedPart>& parts) {
    std::string out;
    for (const TrainedPart part : parts) out += " " + std::to_string(static_cast<int>(part));
    return out;
}

// Of a plan what the time of a step depends on, with the gate that a layer is under.
TrainPlan plan_under(const TrainPlan& plan, const std::string& gate, ProbeBench& bench) {
    TrainPlan out = plan;
    out.layers = {};
    out.gate = gate;
    out.batch = bench.windows(plan.batch, plan.window_length);
    out.train_gate = plan.train_gate && gate != "dense";
    out.seed = 0;
    return out;
}

std::string key_of(const TrainPlan& plan) {
    return plan.gate + (plan.train_gate ? " trains " : " ") + std::to_string(plan.gate_dim) + " " +
           std::to_string(plan.batch) + "x" + std::to_string(plan.window_length) +
           (plan.precision == DataType::kFloat32 ? "" : " bf16") + names_of(plan.parts);
}

// Of few layers, whole batch.
double step_seconds(const TrainPlan& plan, const ModelConfig& config, bool back, ProbeBench& bench) {
    SteppedModel model(plan, config, bench.device());
    TrainingSteps steps(model, plan);
    return bench.timed([&] { back ? steps.step(bench.job()) : steps.forward(bench.job()); });
}

// What layers under one gate cost, were the whole model of them.
double layers_seconds(const TrainPlan& plan, bool back, ProbeBench& bench) {
    return bench.layers() * bench.once(key_of(plan) + (back ? " back" : " forward"),
                                       [&] { return step_seconds(plan, bench.few(), back, bench); });
}

double head_seconds(const TrainPlan& plan, ProbeBench& bench) {
    return bench.heads() * bench.once(key_of(plan) + " head", [&] {
        const double without = layers_seconds(plan, true, bench) / bench.layers();
        return std::max(step_seconds(plan, bench.headed(), true, bench) - without, 0.0);
    });
}

// A dense pass and one under the gate, of one window of few layers.
double report_seconds(const TrainPlan& plan, ProbeBench& bench) {
    SteppedModel model(plan, bench.few(), bench.device());
    const TrainingSteps steps(model, plan);
    const at::Device device = parse_device(bench.device());
    constexpr std::int64_t kWindows = 2;
    const auto text = bench.text(plan.window_length, kWindows);
    const double all = bench.timed([&] {
        TrainingReport report({plan, model.config(), model.parameters(), steps.gate(), text->windows, device});
        while (report.step(bench.job())) {
        }
    });
    return all / kWindows;
}

// The gate of each layer, "dense" where there is none.
std::vector<std::string> gates_of(const TrainPlan& plan, std::int64_t n_layers) {
    const GateSpec gate = parse_trained_gate(plan.gate);
    std::vector<std::string> out;
    for (std::int64_t layer = 0; layer < n_layers; ++layer) {
        const GateTerm* term = gate.term_for(layer, 0);
        out.push_back(term == nullptr ? "dense" : twin_of(*term));
    }
    return out;
}

// The lowest layer to which a gradient goes.
std::int64_t lowest_of(const TrainPlan& plan, const std::vector<std::string>& gates) {
    const auto n_layers = std::ssize(gates);
    std::int64_t out = n_layers;
    if (plan.parts.contains(TrainedPart::kEmbeddings)) out = 0;
    const std::vector<std::int64_t> layers = plan.layers.members(n_layers);
    if (!layers.empty() && !plan.parts.empty()) out = std::min(out, layers.front());
    for (std::int64_t layer = 0; plan.train_gate && layer < n_layers; ++layer)
        if (gates[static_cast<std::size_t>(layer)] != "dense") out = std::min(out, layer);
    return out;
}

}  // namespace

double seconds_of_run(const TrainWork& work, ProbeBench& bench) {
    const TrainPlan plan = train_plans(work.recipe).front();
    const std::vector<std::string> gates = gates_of(plan, bench.whole().n_layers);
    const std::int64_t lowest = lowest_of(plan, gates);
    const double share = 1.0 / static_cast<double>(gates.size());
    double step = head_seconds(plan_under(plan, "dense", bench), bench), report = 0;
    std::int64_t layer = 0;
    for (const std::string& gate : gates) {
        const TrainPlan under = plan_under(plan, gate, bench);
        step += share * layers_seconds(under, layer++ >= lowest, bench);
        report += share * bench.layers() *
                  bench.once("report " + key_of(under) + (under.concentration ? " mass" : ""),
                             [&] { return report_seconds(under, bench); });
    }
    const double passes = parse_trained_gate(plan.gate).dense() ? 1 : 2;
    report += passes * bench.head_of_pass(plan.window_length);
    const auto batches = static_cast<double>(plan.accumulation * plan.batch) /
                         static_cast<double>(bench.windows(plan.batch, plan.window_length));
    const auto reports = 1 + (plan.steps + plan.report_every - 1) / plan.report_every;
    return static_cast<double>(plan.steps) * batches * step +
           static_cast<double>(reports * plan.held_out_windows) * report;
}

}  // namespace gatescope
