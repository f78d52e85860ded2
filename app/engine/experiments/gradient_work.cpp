// What gradient reaches a gate on a frozen model: through its set, then through the soft sister's bias.
#include <chrono>

#include "analysis/gate_gradient.h"
#include "app/engine/experiments/frozen_model.h"
#include "app/engine/experiments/step_work.h"
#include "app/engine/runs/own_threads.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

class Gradients final : public StepWork {
  public:
    Gradients(FrozenModel frozen, DistillRequest request) : frozen_(std::move(frozen)), request_(std::move(request)) {}

    bool step(JobContext& job) override {
        const OwnThreads own(frozen_.threads);
        const auto began = std::chrono::steady_clock::now();
        const GateMeans means = found_.empty() ? GateMeans::kSet : GateMeans::kBias;
        found_.push_back(
            gate_gradient(*frozen_.model->transformer, frozen_.held_out->windows.at(0), request_, means, job));
        seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        return found_.size() < 2;
    }

    StepOutcome outcome() const override {
        StepOutcome out;
        out.seconds = seconds_;
        out.gradients = found_;
        return out;
    }

    double share() const override { return static_cast<double>(found_.size()) / 2; }
    std::string data_sha256() const override { return frozen_.data->sha256(); }

  private:
    FrozenModel frozen_;
    DistillRequest request_;
    std::vector<GateGradient> found_;
    double seconds_ = 0;
};

}  // namespace

std::unique_ptr<StepWork> begin_gradient(const GradientWork& work, const DeviceWish& wish, JobContext& job) {
    FrozenModel frozen = open_frozen(work.recipe, false, wish, job);
    return std::make_unique<Gradients>(std::move(frozen), work.request);
}

}  // namespace gatescope
