#pragma once
// Trains a model as its plan says, piece by piece: the one code path behind the window's runs and the verb `train`. No
// torch.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "analysis/training/train_plan.h"
#include "model/core/job_context.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {

struct Parameter;
class TokenData;

// Float32, row-major, on the host; `held` keeps the values alive, which are those of the moment at which they were
// asked for as long as nothing steps.
struct StateTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
    std::shared_ptr<const void> held;
};
// All that a training goes on from, to the bit: tensors and JSON. Time is no part of it.
struct TrainingState {
    std::vector<StateTensor> tensors;
    std::string json;
};
struct WeightValues {
    CanonicalTensor canonical;
    std::span<const float> values;
    std::shared_ptr<const void> held;
};

// What of a model a weight is. Norms and biases outside the layers go with the embeddings or the head that they stand
// at; in a layer norms are kNorms, and a bias is what its matrix is.
TrainedPart part_of(Weight weight);

class ModelTraining {
  public:
    // Steps write into the tensors of `parameters`. Checks the plan against the model and the data: Failure(kUsage,
    // kUnsupported) naming the field.
    ModelTraining(TrainPlan plan, ModelConfig config, const std::vector<Parameter>& parameters,
                  std::shared_ptr<const TokenData> data, const std::string& device);
    ~ModelTraining();
    ModelTraining(const ModelTraining&) = delete;
    ModelTraining& operator=(const ModelTraining&) = delete;

    // Forward and backward of one micro-batch, which at the last one of a step is followed by clipping and AdamW; or
    // one pass of a report: there is one before the first step, every report_every steps and at the end. False when all
    // is done. A piece that is cancelled or fails leaves all as it was before it. Throws Cancelled, Failure, also where
    // the loss is not finite.
    bool step(JobContext& job);
    // Whole steps behind, and whether the next piece begins another: no report is due, no step half done.
    std::int64_t steps_done() const;
    bool between_steps() const;
    bool done() const;

    // Cost: trained on so far, half steps included, and what a micro-batch takes, as multiply-adds times two.
    std::int64_t tokens() const;
    double flops_a_token() const;

    // Immutable; nullptr before the first report.
    std::shared_ptr<const TrainCurve> curve() const;
    // Of the last report: dense losses of the held-out windows, for a capture.
    PerplexityResult dense() const;

    // As of the last whole step: of a step that is half done nothing is kept, restored it begins anew. save() may be
    // called at any time; restore() before the first step, on a training of the same plan. Throws Failure(kBadFile).
    TrainingState save() const;
    void restore(const TrainingState& state);
    // Of the model, as a checkpoint's file holds them.
    std::vector<WeightValues> weights() const;
    // Arrays of a gate without a file, trained or not: are there any, and a file of them as they are now.
    bool has_gate() const;
    void write_gate(const std::filesystem::path& file, const std::string& model_sha256) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
