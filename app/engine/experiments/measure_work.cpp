// Measurings of experiments: dense and gates on the held-out windows.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "analysis/measurement.h"
#include "app/engine/experiments/frozen_model.h"
#include "app/engine/experiments/step_work.h"
#include "app/engine/runs/own_threads.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// Of the values that are there; NaN where none is.
double mean_of(std::span<const float> values) {
    double sum = 0, count = 0;
    for (const float value : values)
        if (!std::isnan(value)) sum += static_cast<double>(value), ++count;
    return count > 0 ? sum / count : std::nan("");
}

double mean_of(const std::map<std::string, HeadGrid>& grids, const std::string& name) {
    const auto found = grids.find(name);
    return found == grids.end() ? std::nan("") : mean_of(found->second.values);
}

GateOutcome gate_outcome(const std::string& gate, const PerplexityResult& perplexity) {
    GateOutcome out;
    out.gate = gate;
    out.estimate = perplexity.estimate;
    for (const std::vector<float>& window : perplexity.token_nll) {
        out.window_nll.push_back(mean_of(window));
        out.window_tokens.push_back(std::ranges::count_if(window, [](float value) { return !std::isnan(value); }));
    }
    return out;
}

std::map<std::string, std::vector<double>> layers_of(const Concentration& concentration) {
    std::map<std::string, std::vector<double>> out;
    for (std::size_t n = 0; n < concentration.k.size(); ++n) {
        const HeadGrid& grid = concentration.mass_at_k[n];
        const std::span<const float> values = grid.values;
        std::vector<double>& by_layer = out["mass_at_" + std::to_string(concentration.k[n])];
        const auto heads = static_cast<std::size_t>(grid.n_heads);
        for (std::size_t layer = 0; layer < static_cast<std::size_t>(grid.n_layers); ++layer)
            by_layer.push_back(mean_of(values.subspan(layer * heads, heads)));
    }
    return out;
}

RunRequest request_of(const MeasureWork& work, const FrozenModel& frozen, JobContext& job) {
    RunRequest out;
    out.window_length = frozen.plan.window_length;
    out.windows = static_cast<std::int64_t>(frozen.held_out->windows.size());
    out.concentration = work.concentration;
    out.seed = frozen.plan.seed;
    for (const std::string& gate : work.gates) out.gates.push_back(parse_gate(gate));
    out.gates = check_gate_files(out.gates, *frozen.model, job);
    return out;
}

class Measuring final : public StepWork {
  public:
    Measuring(FrozenModel frozen, const MeasureWork& work, JobContext& job)
        : frozen_(std::move(frozen)),
          gates_(work.gates),
          measurement_(*frozen_.model->transformer, request_of(work, frozen_, job), frozen_.model->summary,
                       frozen_.held_out) {}

    bool step(JobContext& job) override {
        const OwnThreads own(frozen_.threads);
        const auto began = std::chrono::steady_clock::now();
        const bool more = measurement_.step(job);
        seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        done_ = !more;
        return more;
    }

    // What is whole alone: until then there is nothing to compare.
    StepOutcome outcome() const override {
        StepOutcome out;
        out.seconds = seconds_;
        if (!done_) return out;
        const auto result = measurement_.result();
        out.gates.push_back(gate_outcome("dense", result->dense));
        for (std::size_t n = 0; n < gates_.size(); ++n) {
            const GateResult& gate = result->gates.at(n);
            GateOutcome one = gate_outcome(gates_[n], gate.perplexity);
            one.sparsity = gate.sparsity;
            one.f1 = mean_of(gate.agreement, "f1");
            one.captured_mass = mean_of(gate.agreement, "captured_mass");
            out.gates.push_back(std::move(one));
        }
        if (result->concentration) out.by_layer = layers_of(*result->concentration);
        return out;
    }

    double share() const override { return measurement_.total() > 0 ? measurement_.done() / measurement_.total() : 0; }
    std::string data_sha256() const override { return frozen_.data->sha256(); }

  private:
    FrozenModel frozen_;
    std::vector<std::string> gates_;
    Measurement measurement_;
    double seconds_ = 0;
    bool done_ = false;
};

}  // namespace

std::unique_ptr<StepWork> begin_measuring(const MeasureWork& work, const DeviceWish& wish, JobContext& job) {
    return std::make_unique<Measuring>(open_frozen(work.recipe, false, wish, job), work, job);
}

}  // namespace gatescope
