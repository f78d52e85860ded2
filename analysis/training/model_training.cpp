#include "analysis/training/model_training.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "analysis/abilities.h"
#include "analysis/perplexity.h"
#include "analysis/result_id.h"
#include "analysis/training/trained_leaves.h"
#include "analysis/training/training_flops.h"
#include "analysis/training/training_report.h"
#include "analysis/training/training_state.h"
#include "model/core/error.h"
#include "model/families/hf_writer.h"
#include "model/train/adam.h"
#include "model/train/data/token_data.h"
#include "model/train/gradient_norm.h"
#include "model/train/schedule.h"
#include "model/transformer/device.h"
#include "model/transformer/trained_decoder.h"

namespace gatescope {
namespace {

TrainPlan checked(TrainPlan plan, const ModelConfig& config) {
    if (const std::string why = why_no_perplexity(config); !why.empty())
        throw Failure(FailureKind::kUnsupported, why, "model", "train a decoder");
    plan.layers.check(config.n_layers, "train.layers");
    if (plan.window_length > config.n_ctx && config.learned_positions)
        throw Failure(FailureKind::kUsage,
                      "is longer than the " + std::to_string(config.n_ctx) + " positions of the model",
                      "train.window_length " + std::to_string(plan.window_length), "give a shorter one");
    return plan;
}

AdamSettings adam_settings(const TrainPlan& plan, double weight_decay) {
    return {.first_decay = plan.first_decay, .second_decay = plan.second_decay, .weight_decay = weight_decay};
}

Failure not_finite(const std::string& what, std::int64_t step) {
    return {FailureKind::kUnsupported, "the " + what + " is not finite any more", "step " + std::to_string(step),
            "give a smaller train.learning_rate; the last checkpoint is whole"};
}

StateTensor state_tensor(const std::string& name, const at::Tensor& tensor) {
    const auto held = std::make_shared<const at::Tensor>(tensor.detach().cpu().contiguous());
    return {name, held->sizes().vec(), {held->const_data_ptr<float>(), static_cast<std::size_t>(held->numel())}, held};
}

// One optimizer with what it trains. Gates have their own: another learning rate, no decay.
struct Trained {
    std::vector<TrainedLeaf> leaves;
    Adam adam;

    std::vector<at::Tensor> values() const {
        std::vector<at::Tensor> out;
        for (const TrainedLeaf& leaf : leaves) out.push_back(leaf.value);
        return out;
    }
    void step(double rate, double share) {
        if (leaves.empty()) return;
        std::vector<at::Tensor> arrays = values(), gradients;
        for (const at::Tensor& array : arrays) gradients.push_back(array.grad());
        adam.step(arrays, gradients, rate, share);
    }
    void forget_gradients() {
        for (const TrainedLeaf& leaf : leaves) leaf.value.mutable_grad() = at::Tensor();
    }
};

}  // namespace

struct ModelTraining::State {
    TrainPlan plan;
    ModelConfig config;
    Parameters parameters;
    std::shared_ptr<const TokenData> data;
    at::Device device;

    PlanGate gate{plan, config, device};
    std::shared_ptr<const TokenData::Windows> held_out = data->held_out_windows(plan.held_out_windows);
    Trained model{trained_leaves(plan, parameters), Adam(adam_settings(plan, plan.weight_decay))};
    Trained arrays{trained_leaves(gate), Adam(adam_settings(plan, 0))};
    TrainedDecoder decoder{config, parameters, device, plan.precision};
    WindowOrder order{data->train_windows(), plan.seed};
    TrainingProgress progress{};  // of whole steps; its place is that of the next one
    // The step at work: its windows, once drawn, and what of it is done.
    std::vector<std::size_t> windows{};
    std::int64_t micro_batches = 0;
    double losses = 0;
    std::unique_ptr<GateRun> gate_run = gate.dense() ? nullptr : gate.run();
    std::unique_ptr<TrainingReport> report{};
    std::vector<std::vector<float>> dense_nll{};
    std::shared_ptr<const TrainCurve> picture{};

    bool report_due() const;
    void report_piece(JobContext& job);
    void end_report();
    void draw();
    void micro_batch(JobContext& job);
    double loss_with_gradients(const TrainBatch& batch, JobContext& job);
    void finish_step();
    double rate_share(std::int64_t step) const {
        return learning_share(step, plan.steps, plan.warmup, plan.final_share);
    }
    std::int64_t tokens_a_batch() const { return plan.batch * plan.window_length; }
};

bool ModelTraining::State::report_due() const {
    if (report) return true;
    const bool at_work = micro_batches > 0;
    const bool time = progress.step % plan.report_every == 0 || progress.step == plan.steps;
    return !at_work && time && (progress.curve.step.empty() || progress.curve.step.back() != progress.step);
}

void ModelTraining::State::report_piece(JobContext& job) {
    if (!report)
        report = std::make_unique<TrainingReport>(TrainedSubject{plan, config, parameters, gate, *held_out, device});
    if (!report->step(job)) end_report();
}

void ModelTraining::State::end_report() {
    std::map<std::string, double> figures = report->figures();
    const auto steps = static_cast<double>(progress.steps_since_report);
    const double none = std::numeric_limits<double>::quiet_NaN();
    figures["loss"] = steps > 0 ? progress.loss_sum / steps : none;
    figures["learning_rate"] = plan.learning_rate * rate_share(std::max<std::int64_t>(0, progress.step - 1));
    std::vector<TrainedLeaf> all = model.leaves;
    all.insert(all.end(), arrays.leaves.begin(), arrays.leaves.end());
    figures["gradient_norm"] = none;
    for (const TrainedLeaf& leaf : all)
        for (const std::string& series : leaf.norms) figures[series] = none;
    if (steps > 0)
        for (const auto& [series, squares] : progress.squared_norms) figures[series] = std::sqrt(squares / steps);
    dense_nll = report->dense_nll();
    report.reset();
    add_row(progress.step, figures, progress.curve);
    progress.steps_since_report = 0;
    progress.loss_sum = 0;
    progress.squared_norms.clear();
    picture = nullptr;
}

// The windows of a whole step at once, so that one that is cut off goes through the same again.
void ModelTraining::State::draw() {
    const auto wanted = static_cast<std::size_t>(plan.batch * plan.accumulation);
    while (windows.size() < wanted) {
        windows.push_back(order.current());
        order.advance();
    }
}

void ModelTraining::State::micro_batch(JobContext& job) {
    draw();
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> numbers;
    const auto first = static_cast<std::size_t>(micro_batches * plan.batch);
    for (std::size_t n = first; n < first + static_cast<std::size_t>(plan.batch); ++n) {
        const std::span<const std::int32_t> window = data->train_window(windows[n]);
        ids.insert(ids.end(), window.begin(), window.end());
        numbers.push_back(static_cast<std::int64_t>(windows[n]));
    }
    const double loss = loss_with_gradients({.windows = plan.batch,
                                             .length = plan.window_length,
                                             .ids = ids,
                                             .numbers = numbers,
                                             .step = progress.step + 1,  // 0 is a model at rest
                                             .gate = gate_run.get(),
                                             .way_back = &job},
                                            job);
    losses += loss;
    if (++micro_batches == plan.accumulation) finish_step();
}

// Gradients are added once all of them are there.
double ModelTraining::State::loss_with_gradients(const TrainBatch& batch, JobContext& job) {
    const at::AutoGradMode gradients(true);
    const at::Tensor loss = decoder.loss(batch, job);
    const double value = loss.detach().item<double>();
    if (!std::isfinite(value)) throw not_finite("loss", progress.step);
    std::vector<at::Tensor> leaves = model.values();
    for (const TrainedLeaf& leaf : arrays.leaves) leaves.push_back(leaf.value);
    std::vector<at::Tensor> found(leaves.size());
    // Behind hard gates alone nothing that trains may be left.
    if (loss.requires_grad())
        found = torch::autograd::grad({loss}, leaves, {}, /*retain_graph=*/false, /*create_graph=*/false,
                                      /*allow_unused=*/true);
    const at::NoGradGuard plain;
    for (std::size_t n = 0; n < leaves.size(); ++n) {
        at::Tensor& sum = leaves[n].mutable_grad();
        if (!found[n].defined()) continue;
        if (sum.defined())
            sum.add_(found[n]);
        else
            sum = found[n].contiguous();
    }
    return value;
}

void ModelTraining::State::finish_step() {
    const double share = 1.0 / static_cast<double>(plan.accumulation);
    std::map<std::string, double> squares = squared_norms(model.leaves, share);
    for (const auto& [series, square] : squared_norms(arrays.leaves, share)) squares[series] += square;
    const double norm = std::sqrt(squares["gradient_norm"]);
    const bool finite = std::isfinite(norm);
    if (finite) {
        const double kept = share * clip_share(norm, plan.clip), rates = rate_share(progress.step);
        model.step(plan.learning_rate * rates, kept);
        arrays.step(plan.gate_learning_rate * rates, kept);
        progress.loss_sum += losses * share;
        for (const auto& [series, square] : squares) progress.squared_norms[series] += square;
        ++progress.steps_since_report;
        ++progress.step;
        progress.place = order.state();
        windows.clear();
    }
    model.forget_gradients();
    arrays.forget_gradients();
    micro_batches = 0;
    losses = 0;
    if (!finite) throw not_finite("gradient", progress.step);
}

ModelTraining::ModelTraining(TrainPlan plan, ModelConfig config, const std::vector<Parameter>& parameters,
                             std::shared_ptr<const TokenData> data, const std::string& device)
    : state_(new State{checked(std::move(plan), config), config, parameters, std::move(data), parse_device(device)}) {
    if (state_->model.leaves.empty() && state_->arrays.leaves.empty())
        throw Failure(FailureKind::kUsage, "nothing of the model trains", "train.parts",
                      "name a part, or a gate without a file with gate.train");
}

ModelTraining::~ModelTraining() = default;

bool ModelTraining::step(JobContext& job) {
    State& state = *state_;
    if (state.report_due())
        state.report_piece(job);
    else if (state.progress.step < state.plan.steps)
        state.micro_batch(job);
    return !done();
}

std::int64_t ModelTraining::steps_done() const {
    return state_->progress.step;
}

bool ModelTraining::between_steps() const {
    return state_->micro_batches == 0 && !state_->report_due();
}

bool ModelTraining::done() const {
    return state_->progress.step == state_->plan.steps && !state_->report_due();
}

std::int64_t ModelTraining::tokens() const {
    return (state_->progress.step * state_->plan.accumulation + state_->micro_batches) * state_->tokens_a_batch();
}

double ModelTraining::flops_a_token() const {
    return training_flops_a_token(state_->plan, state_->config);
}

std::shared_ptr<const TrainCurve> ModelTraining::curve() const {
    State& state = *state_;
    if (state.picture || state.progress.curve.step.empty()) return state.picture;
    auto out = std::make_shared<TrainCurve>(state.progress.curve);
    out->id = next_result_id();
    out->name = state.plan.name;
    out->recipe = print_recipe(state.plan.recipe);
    state.picture = std::move(out);
    return state.picture;
}

PerplexityResult ModelTraining::dense() const {
    return {state_->dense_nll, estimate_perplexity(state_->dense_nll)};
}

namespace {

// The state's tensors by name, each taken with the shape that it must have.
class StateTensors {
  public:
    explicit StateTensors(const TrainingState& state) {
        for (const StateTensor& tensor : state.tensors) by_name_[tensor.name] = &tensor;
    }
    void copy_to(const at::Tensor& target, const std::string& name) const {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) throw Failure(FailureKind::kBadFile, "is missing", "tensor " + name);
        const StateTensor& from = *found->second;
        if (from.shape != target.sizes().vec())
            throw Failure(FailureKind::kBadFile, "is of another shape than this run's", "tensor " + name);
        const c10::InferenceMode inference;
        const at::Tensor values = at::from_blob(const_cast<float*>(from.values.data()), from.shape, at::kFloat);
        target.copy_(values);
    }

    // [rows, any]; none where the state has none.
    std::vector<std::vector<float>> rows(const std::string& name, std::size_t rows) const {
        std::vector<std::vector<float>> out;
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) return out;
        const StateTensor& from = *found->second;
        if (from.shape.size() != 2 || from.shape[0] != static_cast<std::int64_t>(rows))
            throw Failure(FailureKind::kBadFile, "is of another shape than this run's", "tensor " + name);
        const auto length = static_cast<std::size_t>(from.shape[1]);
        for (std::size_t row = 0; row < rows; ++row) {
            const std::span<const float> values = from.values.subspan(row * length, length);
            out.emplace_back(values.begin(), values.end());
        }
        return out;
    }

  private:
    std::map<std::string, const StateTensor*> by_name_;
};

constexpr const char* kDenseNll = "report.dense_nll";  // [window, token]: a run cut off before its next report has them

// Held-out windows are of one length.
at::Tensor rows_tensor(const std::vector<std::vector<float>>& rows) {
    const at::Tensor out =
        at::empty({static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows[0].size())}, at::kFloat);
    for (std::size_t row = 0; row < rows.size(); ++row)
        std::copy(rows[row].begin(), rows[row].end(), out.mutable_data_ptr<float>() + row * rows[0].size());
    return out;
}

std::string numbered(const std::string& name, std::size_t number) {
    return name + "." + std::to_string(number);
}

void save_moments(const std::string& name, const Adam& adam, std::vector<StateTensor>& out) {
    for (std::size_t n = 0; n < adam.state().first.size(); ++n) {
        out.push_back(state_tensor(numbered(name + ".first", n), adam.state().first[n]));
        out.push_back(state_tensor(numbered(name + ".second", n), adam.state().second[n]));
    }
}

void restore_moments(const std::string& name, const StateTensors& from, std::int64_t steps, Trained& trained) {
    if (steps == 0 || trained.leaves.empty()) return;
    AdamState state{.steps = steps};
    for (std::size_t n = 0; n < trained.leaves.size(); ++n) {
        state.first.push_back(at::zeros_like(trained.leaves[n].value));
        state.second.push_back(at::zeros_like(trained.leaves[n].value));
        from.copy_to(state.first[n], numbered(name + ".first", n));
        from.copy_to(state.second[n], numbered(name + ".second", n));
    }
    trained.adam.restore(state);
}

// The gate's arrays by the names that they have in its file.
std::map<std::string, at::Tensor> named_arrays(const PlanGate& gate) {
    std::map<std::string, at::Tensor> out;
    for (const auto& [layer, arrays] : gate.arrays())
        for (std::size_t n = 0; n < arrays.size(); ++n)
            out["gate.layers." + std::to_string(layer) + "." + gate.array_names()[n]] = arrays[n];
    return out;
}

}  // namespace

TrainingState ModelTraining::save() const {
    const State& state = *state_;
    TrainingState out;
    save_moments("model", state.model.adam, out.tensors);
    save_moments("gate", state.arrays.adam, out.tensors);
    for (const auto& [name, array] : named_arrays(state.gate)) out.tensors.push_back(state_tensor(name, array));
    if (!hf_keeps_every_bit(state.config))
        for (std::size_t n = 0; n < state.parameters.size(); ++n)
            out.tensors.push_back(state_tensor(numbered("weights", n), state.parameters[n].value));
    if (!state.dense_nll.empty()) out.tensors.push_back(state_tensor(kDenseNll, rows_tensor(state.dense_nll)));
    out.json = print_progress(state.progress);
    return out;
}

void ModelTraining::restore(const TrainingState& from) {
    State& state = *state_;
    const TrainingProgress progress = parse_progress(from.json);
    if (progress.step > state.plan.steps)
        throw Failure(FailureKind::kBadFile,
                      "is at step " + std::to_string(progress.step) + " of " + std::to_string(state.plan.steps),
                      "train.steps", "a run that has begun can be given more steps, not fewer");
    const StateTensors tensors(from);
    WindowOrder order(state.data->train_windows(), state.plan.seed, progress.place);
    restore_moments("model", tensors, progress.step, state.model);
    restore_moments("gate", tensors, progress.step, state.arrays);
    for (const auto& [name, array] : named_arrays(state.gate)) tensors.copy_to(array, name);
    if (!hf_keeps_every_bit(state.config))
        for (std::size_t n = 0; n < state.parameters.size(); ++n)
            tensors.copy_to(state.parameters[n].value, numbered("weights", n));
    std::vector<std::vector<float>> dense_nll = tensors.rows(kDenseNll, state.held_out->size());
    state.order = std::move(order);
    state.progress = progress;
    state.dense_nll = std::move(dense_nll);
    state.picture = nullptr;
}

std::vector<WeightValues> ModelTraining::weights() const {
    std::vector<WeightValues> out;
    for (const Parameter& parameter : state_->parameters) {
        StateTensor tensor = state_tensor({}, parameter.value);
        out.push_back({parameter.canonical, tensor.values, std::move(tensor.held)});
    }
    return out;
}

bool ModelTraining::has_gate() const {
    return !state_->gate.arrays().empty();
}

void ModelTraining::write_gate(const std::filesystem::path& file, const std::string& model_sha256) const {
    state_->gate.write(file, state_->progress.step, model_sha256);
}

}  // namespace gatescope
