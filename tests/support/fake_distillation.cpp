// The distillation of fake_world.h: a step of training a turn, a report at its end.
#include <utility>

#include "analysis/distillation.h"
#include "analysis/gate_gradient.h"
#include "model/core/error.h"
#include "tests/support/fake_world.h"

namespace gatescope {

// 0 through a set, 1 through a bias.
GateGradient gate_gradient(Transformer&, std::span<const std::int32_t>, const DistillRequest& request, GateMeans means,
                           JobContext& job) {
    job.tick();
    const bool set = means == GateMeans::kSet;
    return {set ? request.gate : "soft-learned", {0}, {set ? 0.0 : 1.0}, set ? 0 : 5, 5};
}

struct Distillation::State {
    DistillRun picture;
};

void check_distillation(const DistillRequest& request, const ModelConfig&) {
    if (request.gate != "learned") throw Failure(FailureKind::kUsage, "unknown trainable gate", request.gate);
}

Distillation::Distillation(Transformer&, DistillRequest request, std::shared_ptr<const TextWindows>,
                           std::shared_ptr<const TextWindows>)
    : state_(std::make_unique<State>()) {
    state_->picture.request = std::move(request);
    state_->picture.status = "running";
}
Distillation::~Distillation() = default;

bool Distillation::step(JobContext& job) {
    if (state_->picture.step >= state_->picture.request.steps) return false;
    do {
        job.tick();
    } while (world().hold_training);
    ++state_->picture.step;
    ++world().steps_trained;
    if (state_->picture.step == state_->picture.request.steps) state_->picture.status = "done";
    return state_->picture.step < state_->picture.request.steps;
}

double Distillation::done() const {
    return static_cast<double>(state_->picture.step);
}
double Distillation::total() const {
    return static_cast<double>(state_->picture.request.steps);
}

std::shared_ptr<const DistillRun> Distillation::run() const {
    auto curve = std::make_shared<TrainCurve>();
    curve->status = state_->picture.status;
    auto out = std::make_shared<DistillRun>(state_->picture);
    out->learned = out->random = std::move(curve);
    return out;
}

void Distillation::set_status(const std::string& status) {
    state_->picture.status = status;
    if (world().at_status) world().at_status(status);
}

void Distillation::write(const std::string& model_sha256, bool) {
    if (state_->picture.request.out == "full.safetensors") throw Failure(FailureKind::kOutput, "the disk is full");
    ++world().gates_written;
    state_->picture.deployed = "learned:k=64,file=" + state_->picture.request.out;
    world().trained_on = model_sha256;
}

std::shared_ptr<const RunResult> Distillation::result(std::shared_ptr<const ModelSummary> model) const {
    auto out = std::make_shared<RunResult>();
    out->model = std::move(model);
    out->curves = {run()->learned};
    return out;
}

}  // namespace gatescope
