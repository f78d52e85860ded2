#pragma once
// A model of a few thousand parameters and a text to train it on.

#include <ATen/core/Tensor.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "analysis/training/model_training.h"
#include "model/families/scratch.h"
#include "model/tokenizer/tokenizer.h"
#include "model/tokenizer/tokenizer_files.h"
#include "model/train/data/token_data.h"
#include "model/transformer/parameters.h"
#include "tests/support/learnable_text.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

inline TrainPlan small_plan() {
    TrainPlan plan;
    plan.name = "small";
    plan.recipe = default_recipe();
    plan.shape = {
        .family = "gpt2", .n_layers = 2, .n_heads = 2, .n_kv_heads = 2, .d_model = 16, .d_mlp = 32, .n_ctx = 24};
    plan.tokenizer = "own";
    plan.vocabulary = 270;
    plan.held_out_share = 0.2;
    plan.separator = "\n\n\n";
    plan.parts = {TrainedPart::kEmbeddings, TrainedPart::kQueries, TrainedPart::kKeys,  TrainedPart::kValues,
                  TrainedPart::kOutputs,    TrainedPart::kMlp,     TrainedPart::kNorms, TrainedPart::kHead};
    plan.gate_dim = 4;
    plan.steps = 6;
    plan.batch = 2;
    plan.window_length = 24;
    plan.warmup = 2;
    plan.report_every = 3;
    plan.held_out_windows = 2;
    plan.checkpoint_every = 2;
    return plan;
}

class TrainingWorld {
  public:
    explicit TrainingWorld(int documents = 12, std::int64_t vocabulary = 270, std::int64_t window_length = 24) {
        std::ofstream(folder_ / "text.txt") << learnable_text(1, documents);
        JobContext job;
        DataRequest request;
        request.texts = {folder_ / "text.txt"};
        request.held_out_share = 0.2;
        request.window_length = window_length;
        request.cache_folder = folder_ / "cache";
        const Documents texts(request, job);
        const TokenizerFiles files = files_of(train_bpe(texts.training(), vocabulary, job));
        tokenizer_ = make_tokenizer(files, "test");
        data_ = token_data(request, *tokenizer_, files.sha256(), job);
    }

    const std::shared_ptr<const TokenData>& data() const { return data_; }
    ModelConfig config(const TrainPlan& plan) const {
        return scratch_config(plan.shape, static_cast<std::int64_t>(tokenizer_->size()));
    }
    Parameters parameters(const TrainPlan& plan) const {
        return random_parameters(config(plan), plan.seed, plan.shape.deviation, at::kCPU);
    }

  private:
    TemporaryFolder folder_;
    std::unique_ptr<Tokenizer> tokenizer_;
    std::shared_ptr<const TokenData> data_;
};

// A training with the parameters that it works on.
struct Trainee {
    Trainee(const TrainingWorld& world, const TrainPlan& plan)
        : parameters(world.parameters(plan)),
          training(std::make_unique<ModelTraining>(plan, world.config(plan), parameters, world.data(), "cpu")) {}

    void finish() {
        JobContext job;
        while (training->step(job)) {
        }
    }
    std::vector<at::Tensor> values() const {
        std::vector<at::Tensor> out;
        for (const Parameter& parameter : parameters) out.push_back(parameter.value.detach().clone());
        return out;
    }

    Parameters parameters;
    std::unique_ptr<ModelTraining> training;
};

// Everything that a checkpoint would hold, as bytes.
inline std::string everything(const Trainee& trainee) {
    const TrainingState state = trainee.training->save();
    std::string out = state.json;
    const auto add = [&out](std::span<const float> values) {
        out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    };
    for (const StateTensor& tensor : state.tensors) {
        out += tensor.name;
        add(tensor.values);
    }
    for (const WeightValues& weight : trainee.training->weights()) add(weight.values);
    return out;
}

}  // namespace gatescope
