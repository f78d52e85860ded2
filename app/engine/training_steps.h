#pragma once
// Steps of training as a run takes them, on random ids: what timings and estimates time. No torch.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/training/train_plan.h"
#include "model/config.h"
#include "model/core/job_context.h"

namespace gatescope {

struct Parameter;
class PlanGate;

// A random model with what of it trains under a plan, and a batch of random ids of the plan's size: shared by steps
// under several gates.
class SteppedModel {
  public:
    SteppedModel(const TrainPlan& plan, const ModelConfig& config, const std::string& device);
    ~SteppedModel();

    const ModelConfig& config() const;
    const std::vector<Parameter>& parameters() const;
    std::int64_t tokens() const;  // of a batch

  private:
    friend class TrainingSteps;
    struct State;
    std::unique_ptr<State> state_;
};

// Under one gate, in one precision: the plan's, whose batch and trained parts are the model's. The model outlives it.
class TrainingSteps {
  public:
    TrainingSteps(SteppedModel& model, const TrainPlan& plan);
    ~TrainingSteps();
    TrainingSteps(const TrainingSteps&) = delete;
    TrainingSteps& operator=(const TrainingSteps&) = delete;

    // Forward, backward, norm of the gradients, clipping and AdamW. Throws Failure, Cancelled.
    void step(JobContext& job);
    // The loss alone, with no way back.
    void forward(JobContext& job);

    const TrainPlan& plan() const;
    const PlanGate& gate() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
