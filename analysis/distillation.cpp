#include "analysis/distillation.h"

#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "analysis/distillation_report.h"
#include "analysis/distillation_setup.h"
#include "analysis/perplexity.h"
#include "analysis/result_id.h"
#include "model/core/error.h"
#include "model/gates/gate_file_writer.h"
#include "model/train/data/window_order.h"
#include "model/train/gate_trainer.h"
#include "model/train/schedule.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

GateRun oracle_run(const DistillRequest& request) {
    GateSpec gate = parse_gate("oracle:k=" + std::to_string(request.k));
    gate.terms[0].layers = request.layers;
    return GateRun(std::move(gate));
}

AnalysedHeads trained_heads(const DistillRequest& request, const ModelConfig& model) {
    return {request.layers.members(model.n_layers), IndexSet().members(model.n_heads)};
}

}  // namespace

struct Distillation::State {
    Transformer& model;
    DistillRequest request;
    DistillWindows windows;
    const TrainableGate& gate = trainable_gate(request.gate);
    GateTrainer trainer{gate, loss_entry(request.loss), train_shape(request), request.layers};
    GateSpec spec = deployed_gate(request);
    GateRun oracle = oracle_run(request);
    WindowOrder order{windows.train.size(), request.seed};
    std::optional<GateRun> deployed{};  // made anew for each report: a gate may keep its arrays in an order of its own
    std::unique_ptr<DistillationReport> report{};
    DistillRun picture{};
    TrainCurve curve{};
    PerplexityResult dense{};
    double training_seconds = 0;

    bool started() const { return !trainer.arrays().empty(); }
    void begin_report();
    void end_report();
    void train(JobContext& job);
    bool step(JobContext& job);
    TrainCurve frozen() const;
};

void Distillation::State::begin_report() {
    const bool first_one = curve.step.empty();
    deployed.emplace(spec, std::vector{std::shared_ptr<Gate>(gate.gate(spec.terms[0], trainer.source()))});
    report = std::make_unique<DistillationReport>(
        ReportSubject{model, trainer, *deployed, windows.held_out->windows, trained_heads(request, model.config()),
                      request.window_length},
        first_one ? &oracle : nullptr);
}

void Distillation::State::end_report() {
    std::map<std::string, double> figures = report->figures();
    if (!std::isfinite(figures.at("loss")))
        throw Failure(FailureKind::kUnsupported, "the loss is not finite any more",
                      "step " + std::to_string(picture.step), "give a smaller --lr");
    figures["seconds"] = training_seconds;
    if (curve.step.empty()) {
        dense = {report->dense_nll(), estimate_perplexity(report->dense_nll())};
        picture.dense_perplexity = dense.estimate.perplexity;
        picture.oracle_perplexity = estimate_perplexity(report->oracle_nll()).perplexity;
    }
    curve.step.push_back(picture.step);
    for (const auto& [name, value] : figures) curve.series[name].push_back(value);
    report.reset();
    deployed.reset();
}

void Distillation::State::train(JobContext& job) {
    const auto began = std::chrono::steady_clock::now();
    const std::size_t window = order.current();
    trainer.learn(true);
    (void)model.forward({.ids = windows.train[window],
                         .window = static_cast<std::int64_t>(window),
                         .nominal_window = request.window_length,
                         .observers = {&trainer}},
                        job);
    trainer.step(learning_rate(request) * scheduled_share(picture.step, request.steps));
    order.advance();
    ++picture.step;
    training_seconds += seconds_since(began);
}

bool Distillation::State::step(JobContext& job) {
    if (!started()) trainer.start(model, request.start == "kernel", job);
    if (!report && curve.step.empty()) begin_report();
    if (report) {
        if (!report->step(job)) end_report();
        return report || picture.step < request.steps;
    }
    if (picture.step >= request.steps) return false;
    train(job);
    if (picture.step % request.report_every == 0 || picture.step == request.steps) begin_report();
    return true;
}

// Its values never change, and so nothing measured of it does.
TrainCurve Distillation::State::frozen() const {
    TrainCurve out = curve;
    out.name += " frozen";
    for (auto& [name, values] : out.series)
        for (double& value : values) value = name == "seconds" ? 0 : values.front();
    return out;
}

Distillation::Distillation(Transformer& model, DistillRequest request, std::shared_ptr<const TextWindows> text,
                           std::shared_ptr<const TextWindows> held_out) {
    check_distillation(request, model.config());
    DistillWindows windows = split_windows(request, *text, held_out.get());
    state_.reset(new State{model, std::move(request), std::move(windows)});
    state_->curve.name = distillation_name(state_->request);
    state_->curve.recipe = distillation_recipe(state_->request);
    state_->curve.status = "running";
    state_->picture.request = state_->request;
}

Distillation::~Distillation() = default;

bool Distillation::step(JobContext& job) {
    const auto began = std::chrono::steady_clock::now();
    const bool more = state_->step(job);
    state_->picture.seconds += seconds_since(began);
    if (!more) state_->curve.status = "done";
    return more;
}

double Distillation::done() const {
    return static_cast<double>(state_->picture.step);
}

double Distillation::total() const {
    return static_cast<double>(state_->request.steps);
}

std::shared_ptr<const DistillRun> Distillation::run() const {
    auto out = std::make_shared<DistillRun>(state_->picture);
    out->id = next_result_id();
    out->status = state_->curve.status;
    auto learned = std::make_shared<TrainCurve>(state_->curve), random = std::make_shared<TrainCurve>(state_->frozen());
    learned->id = random->id = out->id;
    out->learned = std::move(learned);
    out->random = std::move(random);
    return out;
}

void Distillation::set_status(const std::string& status) {
    state_->curve.status = status;
}

void Distillation::write(const std::string& model_sha256, bool overwrite) {
    const State& state = *state_;
    if (!state.started())
        throw Failure(FailureKind::kUsage, "the gate has no values yet", state.request.out, "wait for the first step");
    GateFileHeader header{state.gate.id, state.request.loss, state.request.k, state.picture.step, model_sha256, {}};
    header.more = {{"start", state.request.start}, {"seed", std::to_string(state.request.seed)}};
    if (state.request.rope) header.more["rope"] = "1";
    if (state.gate.id == "block-learned") header.more["block"] = std::to_string(state.request.keys_per_block);
    std::vector<at::Tensor> held;
    std::vector<GateFileTensor> tensors;
    for (const auto& [layer, arrays] : state.trainer.arrays())
        for (std::size_t n = 0; n < arrays.size(); ++n) {
            held.push_back(arrays[n].cpu().contiguous());
            const at::Tensor& values = held.back();
            tensors.push_back({layer,
                               state.gate.arrays[n],
                               values.sizes().vec(),
                               {values.const_data_ptr<float>(), static_cast<std::size_t>(values.numel())}});
        }
    write_gate_file(state.request.out, overwrite, header, tensors);
    state_->picture.deployed = print_gate(state.spec);
}

std::shared_ptr<const RunResult> Distillation::result(std::shared_ptr<const ModelSummary> model) const {
    const State& state = *state_;
    auto out = std::make_shared<RunResult>();
    out->request.window_length = state.request.window_length;
    out->request.windows = static_cast<std::int64_t>(state.windows.held_out->windows.size());
    out->request.concentration = out->request.agreement = false;
    out->request.seed = state.request.seed;
    out->model = std::move(model);
    out->text = state.windows.held_out;
    out->device = state.model.device();
    out->dtype = state.model.dtype() == DataType::kBFloat16 ? "bfloat16" : "float32";
    out->dense = state.dense;
    out->windows_done = static_cast<std::int64_t>(state.dense.token_nll.size());
    const auto now = run();
    out->id = now->id;
    out->curves = {now->learned, now->random};
    out->complete = now->status == "done";
    return out;
}

}  // namespace gatescope
