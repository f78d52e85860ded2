#include "tests/support/fake_lab.h"

#include <algorithm>
#include <cmath>

#include "tests/support/fake_snapshot.h"

namespace gatescope::fake {

namespace {

constexpr std::int64_t kLayers = 30, kHeads = 9, kSteps = 1000;
constexpr double kDense = 17.84, kOracle = 18.02;

// A value between 0 and 1 that looks drawn, the same for the same place.
double noise(std::int64_t place) {
    const double wave = std::sin(static_cast<double>(place) * 12.9898) * 43758.5453;
    return wave - std::floor(wave);
}

// From `first` to `last`, nine tenths of the way after 250 steps.
double settling(std::int64_t step, double first, double last) {
    return last + (first - last) * std::pow(0.1, static_cast<double>(step) / 250);
}

std::shared_ptr<const TrainCurve> curve(const std::string& name, std::int64_t step, bool trains) {
    auto out = std::make_shared<TrainCurve>();
    out->id = static_cast<std::uint64_t>(step) + 1;
    out->name = name;
    out->status = step < kSteps ? "running" : "done";
    for (std::int64_t at = 0; at <= step; at += 25) {
        const double wobble = 0.02 * (noise(at) - 0.5);
        out->step.push_back(at);
        out->series["loss"].push_back(trains ? settling(at, 2.61, 0.42) * (1 + wobble) : 2.61);
        out->series["f1"].push_back(trains ? settling(at, 0.17, 0.74) * (1 + wobble) : 0.17);
        out->series["captured_mass"].push_back(trains ? settling(at, 0.33, 0.955) : 0.33);
        out->series["perplexity"].push_back(trains ? settling(at, 612, 19.6) : 612);
    }
    return out;
}

HeadGrid grid(double value, std::int64_t seed) {
    HeadGrid out{kLayers, kHeads, {}};
    for (std::int64_t cell = 0; cell < kLayers * kHeads; ++cell)
        out.values.push_back(static_cast<float>(std::clamp(value + 0.08 * (noise(cell + seed) - 0.5), 0.0, 1.0)));
    return out;
}

GateResult point(const std::string& gate, std::int64_t k, double cost, double captured) {
    GateResult out;
    out.gate = parse_gate(gate);
    out.windows_done = 8;
    out.sparsity = 1 - static_cast<double>(k) / 512;
    PerplexityEstimate& estimate = out.perplexity.estimate;
    estimate.nll = std::log(kDense) + cost;
    estimate.perplexity = std::exp(estimate.nll);
    estimate.nll_standard_error = 0.021;
    estimate.low = std::exp(estimate.nll - 0.05), estimate.high = std::exp(estimate.nll + 0.05);
    estimate.tokens = 4088, estimate.windows = 8;
    out.from_dense = {cost, cost / 12, cost * 0.8, cost * 1.2, 8};
    const double f1 = gate.starts_with("oracle") ? 1 : captured * captured;
    for (const char* id : {"precision", "recall", "f1"}) out.agreement[id] = grid(f1, k);
    out.agreement["captured_mass"] = grid(captured, k + 1);
    return out;
}

std::vector<GateResult> points() {
    std::vector<GateResult> out;
    for (const std::int64_t k : {8, 16, 32, 64, 128}) {
        const auto keys = std::to_string(k);
        const double scarce = 8 / static_cast<double>(k);
        out.push_back(point("oracle:k=" + keys, k, 0.16 * std::pow(scarce, 1.4), 1 - 0.2 * scarce));
    }
    for (const std::int64_t k : {8, 16, 32, 64, 128})
        out.push_back(point("learned:k=" + std::to_string(k) + ",file=learned.safetensors,sinks=1,local=4", k,
                            0.9 * std::pow(8 / static_cast<double>(k), 1.1), 1 - 0.42 * 8 / static_cast<double>(k)));
    for (const std::int64_t k : {8, 16, 32, 64, 128})
        out.push_back(point("window:sinks=4,local=" + std::to_string(k - 4), k,
                            1.9 * std::pow(8 / static_cast<double>(k), 0.9), 0.9 - 0.3 * 8 / static_cast<double>(k)));
    return out;
}

double layer_cost(std::int64_t k, std::int64_t layer) {
    const double weight = layer == 0 ? 6 : 0.12 + std::pow(noise(layer * 7), 6) * 3 + (layer > 26 ? 0.5 : 0);
    return 0.02 * weight * std::pow(8 / static_cast<double>(k), 1.2) + 0.0006 * (noise(layer + k) - 0.5);
}

BudgetProposal proposal(const SensitivityRequest& request) {
    BudgetProposal out;
    std::string syntax;
    for (std::int64_t layer = 0; layer < kLayers; ++layer) {
        const double cost = layer_cost(8, layer);
        const std::int64_t k = cost > 0.02 ? 128 : cost > 0.007 ? 64 : 32;
        out.budgets.push_back(k);
        syntax += (layer == 0 ? "" : "+") + ("oracle:k=" + std::to_string(k)) + "@" + std::to_string(layer);
        out.predicted += layer_cost(k, layer);
        out.predicted_equal += layer_cost(static_cast<std::int64_t>(request.mean_budget), layer);
    }
    out.gate = parse_gate(syntax);
    out.equal = parse_gate("oracle:k=64");
    out.measured = {out.predicted * 1.12, 0.0012};
    out.measured_equal = {out.predicted_equal * 1.08, 0.0014};
    return out;
}

// Ranks in place of keys, half of them.
GateSpec gate_of_ranks(std::vector<std::int64_t>& budgets) {
    GateSpec out;
    for (std::size_t layer = 0; layer < budgets.size(); ++layer) {
        budgets[layer] /= 2;
        out.terms.push_back(
            with_budget(parse_swept_gate("kernel-rank@" + std::to_string(layer)), budgets[layer]).terms[0]);
    }
    return out;
}

}  // namespace

std::shared_ptr<const DistillRun> distillation(std::int64_t step) {
    auto out = std::make_shared<DistillRun>();
    out->id = static_cast<std::uint64_t>(step) + 1;
    out->request.text = "sample-train";
    out->request.out = "learned.safetensors";
    out->request.steps = kSteps;
    out->learned = curve("learned kl k=64", step, true);
    out->random = curve("random k=64", step, false);
    out->dense_perplexity = kDense, out->oracle_perplexity = kOracle;
    out->step = step;
    out->seconds = 2.1 * static_cast<double>(step);
    out->status = step < kSteps ? "running" : "done";
    if (step >= kSteps) out->deployed = "learned:k=64,file=learned.safetensors,sinks=1,local=16";
    return out;
}

std::vector<GateGradient> gradients() {
    GateGradient hard, soft;
    hard.gate = "learned", soft.gate = "soft-learned";
    for (std::int64_t layer = 0; layer < kLayers; ++layer) {
        hard.layers.push_back(layer), soft.layers.push_back(layer);
        hard.norms.push_back(0);
        soft.norms.push_back(0.002 + 0.004 * noise(layer));
    }
    hard.values = soft.values = soft.nonzero_values = kLayers * kHeads * 2 * 576 * 32;
    return {hard, soft};
}

std::shared_ptr<const RunResult> sweep(std::size_t count) {
    auto out = std::make_shared<RunResult>();
    out->id = count + 1;
    out->request.windows = 8;
    out->request.concentration = false;
    out->model = model({});
    out->dense.estimate = point("oracle:k=64", 512, 0, 1).perplexity.estimate;
    for (GateResult& each : points()) {
        out->request.gates.push_back(each.gate);
        if (out->gates.size() < count) out->gates.push_back(std::move(each));
    }
    out->windows_done = 8;
    out->complete = out->gates.size() == out->request.gates.size();
    return out;
}

std::shared_ptr<const SensitivityResult> sensitivity(std::int64_t done) {
    auto out = std::make_shared<SensitivityResult>();
    out->id = static_cast<std::uint64_t>(done) + 1;
    out->request.gate = parse_gate("oracle:k=64").terms[0];
    out->n_layers = kLayers, out->n_heads = kHeads;
    const auto total = static_cast<std::int64_t>(out->request.budgets.size()) * kLayers;
    for (const std::int64_t k : out->request.budgets)
        for (std::int64_t layer = 0; layer < kLayers; ++layer)
            out->layer_cost.push_back(std::ssize(out->layer_cost) < done
                                          ? SensitivityPoint{layer_cost(k, layer), 0.0004 + layer_cost(k, layer) / 20}
                                          : SensitivityPoint{});
    out->done = std::min(done, total), out->total = total;
    if (done >= total) out->proposal = proposal(out->request);
    return out;
}

std::shared_ptr<const RunResult> rank_sweep() {
    auto out = std::make_shared<RunResult>(*sweep(0));
    out->id = 1000;
    out->gates.clear();
    for (const std::int64_t rank : {4, 8, 16, 32, 64}) {
        const double lacks = std::log2(64.0 / static_cast<double>(rank));
        const std::string r = "r=" + std::to_string(rank);
        out->gates.push_back(point("kernel-rank:" + r, 512, 0.004 + 1.4 * lacks, 1));
        out->gates.push_back(point("kernel-random:" + r, 512, 0.004 + 1.1 * lacks, 1));
    }
    out->request.gates.clear();
    for (const GateResult& each : out->gates) out->request.gates.push_back(each.gate);
    out->complete = true;
    return out;
}

std::shared_ptr<const SensitivityResult> rank_sensitivity() {
    auto out = std::make_shared<SensitivityResult>(*sensitivity());
    out->id = 1000;
    out->request.gate = parse_gate("kernel-rank:r=16").terms[0];
    out->request.budgets = {4, 8, 16, 32, 64};
    out->request.mean_budget = 16;
    out->proposal->gate = gate_of_ranks(out->proposal->budgets);
    out->proposal->equal = parse_gate("kernel-rank:r=16");
    return out;
}

Snapshot lab() {
    Snapshot out = snapshot();
    out.distillation = distillation(kSteps);
    out.gate_gradients = gradients();
    out.sweep = sweep();
    out.sweep_path = "sweep.h5";
    out.sensitivity = sensitivity();
    out.jobs.clear();
    return out;
}

}  // namespace gatescope::fake
