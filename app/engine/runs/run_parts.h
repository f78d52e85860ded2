#pragma once
// What a run is made of: the model at its start, its tokenizer and its data. What can be known to fail fails here.

#include <filesystem>
#include <memory>
#include <string>

#include "analysis/results.h"
#include "analysis/training/train_plan.h"
#include "model/core/job_context.h"
#include "model/tokenizer/tokenizer_files.h"
#include "model/train/data/token_data.h"
#include "model/transformer/parameters.h"

namespace gatescope {

struct RunParts {
    ModelConfig config;
    std::string config_json;  // of checkpoints
    Parameters parameters;
    TokenizerFiles tokenizer_files;
    std::shared_ptr<const Tokenizer> tokenizer;
    std::shared_ptr<const TokenData> data;
};

// Is there memory for a training of that model? Throws Failure(kResource).
void check_training_room(const ModelConfig& config, const std::string& device);

// At the plan's start. Throws Failure, Cancelled.
RunParts open_parts(const TrainPlan& plan, const std::string& device, JobContext& job);
// As of a checkpoint that the plan's run wrote.
RunParts open_parts(const TrainPlan& plan, const std::filesystem::path& checkpoint, const std::string& device,
                    JobContext& job);

// The tokenizer and the data alone: no parameters are read or made, and no gate is looked at.
RunParts open_data(const TrainPlan& plan, JobContext& job);

// The windows that reports measure, as texts are shown.
std::shared_ptr<const TextWindows> held_out_text(const TrainPlan& plan, const RunParts& parts);

}  // namespace gatescope
