#pragma once
// The gate of a training plan: of terms without a file the arrays are here, in memory, and may train with the model.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "analysis/training/train_plan.h"
#include "model/train/trainable_gate.h"

namespace gatescope {

class PlanGate {
  public:
    // First values are drawn from the plan's seed as those of a distillation are. Throws Failure(kUsage, kUnsupported)
    // naming the field where plan and model don't go together.
    PlanGate(const TrainPlan& plan, const ModelConfig& model, at::Device device);

    bool dense() const { return spec_.dense(); }
    const GateSpec& spec() const { return spec_; }
    // By layer; float32 leaves, which require a gradient where the plan trains the gate. None where no term lacks a
    // file.
    const std::map<std::int64_t, GateArrays>& arrays() const { return arrays_; }
    const std::vector<std::string>& array_names() const { return kind_->arrays; }  // of one layer's, in order
    // The gate at work with these arrays, which outlive it: a new one for who runs it elsewhere or on other values.
    std::unique_ptr<GateRun> run() const;
    // Of the arrays as they are now. Throws Failure(kOutput).
    void write(const std::filesystem::path& file, std::int64_t steps, const std::string& model_sha256) const;

  private:
    void add_term(const GateTerm& term, const ModelConfig& model, at::Device device);

    const TrainPlan& plan_;
    GateSpec spec_;
    TrainShape shape_;
    const TrainableGate* kind_ = nullptr;  // whose arrays there are; nullptr: none
    std::map<std::int64_t, GateArrays> arrays_;
};

}  // namespace gatescope
