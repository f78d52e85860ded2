// Gates of experiments that are distilled on a frozen model.
#include <chrono>

#include "analysis/distillation.h"
#include "app/engine/experiments/frozen_model.h"
#include "app/engine/experiments/step_work.h"
#include "app/engine/runs/held_folder.h"
#include "app/engine/runs/own_threads.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

class Distilling final : public StepWork {
  public:
    Distilling(FrozenModel frozen, const DistillRequest& request)
        : frozen_(std::move(frozen)),
          distillation_(*frozen_.model->transformer, request, windows_to_train(frozen_, request.steps),
                        frozen_.held_out) {}

    bool step(JobContext& job) override {
        const OwnThreads own(frozen_.threads);
        if (!trained_) {
            trained_ = !distillation_.step(job);
            return true;
        }
        make_folders(fs::path(distillation_.run()->request.out).parent_path());
        distillation_.write(frozen_.model->summary->sha256, true);
        return false;
    }

    StepOutcome outcome() const override {
        const auto run = distillation_.run();
        StepOutcome out;
        out.seconds = run->seconds;
        if (!run->learned->step.empty()) out.curves = {run->learned, run->random};
        out.dense_perplexity = run->dense_perplexity;
        out.oracle_perplexity = run->oracle_perplexity;
        return out;
    }

    double share() const override {
        return distillation_.total() > 0 ? distillation_.done() / distillation_.total() : 0;
    }
    std::string data_sha256() const override { return frozen_.data->sha256(); }

  private:
    FrozenModel frozen_;
    Distillation distillation_;
    bool trained_ = false;
};

}  // namespace

fs::path gate_of_distillation(const fs::path& folder) {
    return folder / "gate.safetensors";
}

DistillRequest whole_request(const DistillRequest& request, const TrainPlan& plan, const fs::path& folder) {
    DistillRequest out = request;
    out.window_length = plan.window_length;
    out.held_out_windows = plan.held_out_windows;
    out.out = gate_of_distillation(folder).string();
    return out;
}

std::unique_ptr<StepWork> begin_distillation(const DistillWork& work, const fs::path& folder, const DeviceWish& wish,
                                             JobContext& job) {
    FrozenModel frozen = open_frozen(work.recipe, true, wish, job);
    const DistillRequest request = whole_request(work.request, frozen.plan, folder);
    return std::make_unique<Distilling>(std::move(frozen), request);
}

}  // namespace gatescope
