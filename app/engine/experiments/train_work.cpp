// Training runs of experiments.
#include "app/engine/experiments/step_work.h"
#include "app/engine/runs/held_folder.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

class Training final : public StepWork {
  public:
    explicit Training(std::unique_ptr<TrainingRun> run) : run_(std::move(run)) {}

    bool step(JobContext& job) override {
        run_->set_status("running");
        if (run_->step(job)) return true;
        // Whoever drives gets to write the capture before the step counts as done: a run without one is not whole.
        if (std::exchange(ended_, true)) return false;
        capture_ = run_->result();
        return true;
    }

    StepOutcome outcome() const override {
        const auto view = run_->view();
        StepOutcome out;
        out.seconds = view->seconds;
        if (view->curve) {
            auto curve = std::make_shared<TrainCurve>(*view->curve);
            curve->status = view->status;
            out.curves = {std::move(curve)};
        }
        return out;
    }

    double share() const override {
        const auto view = run_->view();
        const auto& plan = view->plan;
        const auto all = static_cast<double>(plan.steps * plan.accumulation * plan.batch * plan.window_length);
        return all > 0 ? view->tokens / all : 1;
    }

    std::string data_sha256() const override { return run_->data_sha256(); }

    void save(JobContext& job) override {
        run_->set_status("stopped");
        run_->write_checkpoint(job);
        capture_ = run_->result();
    }

    std::vector<std::string> warnings() const override { return run_->view()->warnings; }
    std::shared_ptr<const RunResult> take_capture() override { return std::exchange(capture_, nullptr); }

  private:
    std::unique_ptr<TrainingRun> run_;
    bool ended_ = false;
    std::shared_ptr<const RunResult> capture_;
};

}  // namespace

std::unique_ptr<StepWork> begin_training(const TrainWork& work, const fs::path& folder, const DeviceWish& wish,
                                         JobContext& job) {
    const TrainPlan plan = train_plans(work.recipe).at(0);
    const bool there = is_run_folder(folder);
    // One of another recipe is what an earlier plan left.
    if (there && plan_of_run(folder).recipe == plan.recipe && !checkpoints_of_run(folder).empty())
        return std::make_unique<Training>(TrainingRun::resume(folder, wish, job));
    std::error_code ignored;
    if (!there && fs::is_directory(folder, ignored)) remove_partials(folder);
    return std::make_unique<Training>(TrainingRun::start(plan, folder, there, wish, job));
}

}  // namespace gatescope
