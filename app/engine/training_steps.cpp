#include "app/engine/training_steps.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <numeric>
#include <random>

#include "analysis/training/plan_gate.h"
#include "analysis/training/trained_leaves.h"
#include "model/train/adam.h"
#include "model/train/gradient_norm.h"
#include "model/transformer/device.h"
#include "model/transformer/trained_decoder.h"

namespace gatescope {

struct SteppedModel::State {
    TrainPlan plan;
    ModelConfig config;
    at::Device device;
    Parameters parameters = random_parameters(config, plan.seed, plan.shape.deviation, device);
    std::vector<at::Tensor> values{};
    Adam adam{{.first_decay = plan.first_decay, .second_decay = plan.second_decay, .weight_decay = plan.weight_decay}};
    std::vector<std::int32_t> ids{};
    std::vector<std::int64_t> numbers{};
    std::int64_t steps = 0;
};

SteppedModel::SteppedModel(const TrainPlan& plan, const ModelConfig& config, const std::string& device)
    : state_(new State{plan, config, parse_device(device)}) {
    for (const TrainedLeaf& leaf : trained_leaves(plan, state_->parameters)) state_->values.push_back(leaf.value);
    std::mt19937 draw(1);
    for (std::int64_t n = 0; n < plan.batch * plan.window_length; ++n)
        state_->ids.push_back(static_cast<std::int32_t>(draw() % static_cast<std::uint32_t>(config.d_vocab)));
    state_->numbers.resize(static_cast<std::size_t>(plan.batch));
    std::iota(state_->numbers.begin(), state_->numbers.end(), 0);
}

SteppedModel::~SteppedModel() = default;

const ModelConfig& SteppedModel::config() const {
    return state_->config;
}
const std::vector<Parameter>& SteppedModel::parameters() const {
    return state_->parameters;
}
std::int64_t SteppedModel::tokens() const {
    return std::ssize(state_->ids);
}

struct TrainingSteps::State {
    SteppedModel::State& model;
    TrainPlan plan;
    PlanGate gate{plan, model.config, model.device};
    std::unique_ptr<GateRun> run = gate.dense() ? nullptr : gate.run();
    TrainedDecoder decoder{model.config, model.parameters, model.device, plan.precision};
    std::vector<at::Tensor> arrays{};
    Adam adam{};

    at::Tensor loss(JobContext& job);
};

at::Tensor TrainingSteps::State::loss(JobContext& job) {
    TrainBatch batch{
        .windows = model.plan.batch, .length = model.plan.window_length, .ids = model.ids, .numbers = model.numbers};
    batch.step = ++model.steps;
    batch.gate = run.get();
    return decoder.loss(batch, job);
}

TrainingSteps::TrainingSteps(SteppedModel& model, const TrainPlan& plan) : state_(new State{*model.state_, plan}) {
    for (const TrainedLeaf& leaf : trained_leaves(state_->gate)) state_->arrays.push_back(leaf.value);
}

TrainingSteps::~TrainingSteps() = default;

void TrainingSteps::step(JobContext& job) {
    const at::AutoGradMode on(true);
    SteppedModel::State& model = state_->model;
    std::vector<at::Tensor> leaves = model.values;
    leaves.insert(leaves.end(), state_->arrays.begin(), state_->arrays.end());
    const std::vector<at::Tensor> gradients =
        torch::autograd::grad({state_->loss(job)}, leaves, {}, false, false, /*allow_unused=*/true);
    for (std::size_t n = 0; n < leaves.size(); ++n) leaves[n].mutable_grad() = gradients[n];
    const double share = clip_share(gradient_norm(leaves), state_->plan.clip);
    const auto middle = gradients.begin() + std::ssize(model.values);
    model.adam.step(model.values, {gradients.begin(), middle}, state_->plan.learning_rate, share);
    state_->adam.step(state_->arrays, {middle, gradients.end()}, state_->plan.gate_learning_rate, share);
    for (const at::Tensor& leaf : leaves) leaf.mutable_grad() = at::Tensor();
}

void TrainingSteps::forward(JobContext& job) {
    const at::AutoGradMode off(false);
    (void)state_->loss(job).item<float>();
}

const TrainPlan& TrainingSteps::plan() const {
    return state_->plan;
}
const PlanGate& TrainingSteps::gate() const {
    return state_->gate;
}

}  // namespace gatescope
