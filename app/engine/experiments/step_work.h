#pragma once
// A step of an experiment as it is worked on: one file a kind of work. No torch.

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/experiments/experiment_step.h"
#include "analysis/training/train_plan.h"
#include "app/engine/models.h"
#include "model/core/job_context.h"

namespace gatescope {

class StepWork {
  public:
    virtual ~StepWork() = default;
    // A piece; small enough that a click waits for a tick at most. False: all is done and written. Throws Failure or
    // Cancelled and leaves all as it was, so that it may be tried again.
    virtual bool step(JobContext& job) = 0;
    // So far; without name and `done`, which are the experiment's.
    virtual StepOutcome outcome() const = 0;
    virtual double share() const = 0;  // of the work, 0 to 1
    // Of the texts that it works on, as they were when it began: TokenData::sha256().
    virtual std::string data_sha256() const = 0;
    // Where work can be gone on with: nothing is lost afterwards.
    virtual void save(JobContext&) {}
    virtual std::vector<std::string> warnings() const { return {}; }
    // What run.h5 is to hold, once it became due; nullptr otherwise, and after it was taken.
    virtual std::shared_ptr<const RunResult> take_capture() { return nullptr; }
};

// `folder`: the step's. Goes on with what lies there where the work can. Throws Failure, Cancelled.
std::unique_ptr<StepWork> begin_work(const Work& work, const std::filesystem::path& folder, const DeviceWish& wish,
                                     JobContext& job);

std::unique_ptr<StepWork> begin_training(const TrainWork& work, const std::filesystem::path& folder,
                                         const DeviceWish& wish, JobContext& job);
std::unique_ptr<StepWork> begin_distillation(const DistillWork& work, const std::filesystem::path& folder,
                                             const DeviceWish& wish, JobContext& job);
std::unique_ptr<StepWork> begin_measuring(const MeasureWork& work, const DeviceWish& wish, JobContext& job);
std::unique_ptr<StepWork> begin_gradient(const GradientWork& work, const DeviceWish& wish, JobContext& job);

// The file that a distillation leaves in its folder.
std::filesystem::path gate_of_distillation(const std::filesystem::path& folder);
// What of it the experiment doesn't say: windows as the run's own, the gate file in the step's folder.
DistillRequest whole_request(const DistillRequest& request, const TrainPlan& plan, const std::filesystem::path& folder);

}  // namespace gatescope
