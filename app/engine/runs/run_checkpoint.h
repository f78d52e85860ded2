#pragma once
// The files of a run's checkpoint: a Hugging Face folder, the gate that trains with the model, and in trainer.json and
// trainer.safetensors what a resumed run needs beside them.

#include <filesystem>
#include <string>

#include "analysis/training/model_training.h"
#include "app/engine/runs/run_pace.h"
#include "app/engine/runs/run_parts.h"

namespace gatescope {

// What trainer.json says beside the training's state.
struct RunNotes {
    int threads = 0;     // that trained
    std::string device;  // "cpu"
    RunCost cost;
    std::int64_t held_out_tokens = 0, train_tokens = 0;  // in the data
    double unigram_perplexity = 0;
    std::string data_sha256;  // TokenData::sha256()
};

// Fills an empty folder. Throws Failure(kOutput, kUnsupported), Cancelled.
void fill_checkpoint(const std::filesystem::path& folder, const RunParts& parts, const ModelTraining& training,
                     const RunNotes& notes, JobContext& job);

// Throws Failure(kNotFound, kBadFile).
RunNotes checkpoint_notes(const std::filesystem::path& folder);
void restore_checkpoint(const std::filesystem::path& folder, ModelTraining& training);

}  // namespace gatescope
