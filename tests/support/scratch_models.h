#pragma once
// Small models from scratch with values of their own, the same on every machine: what tests/golden/written holds.

#include <string>
#include <vector>

#include "model/families/hf_writer.h"
#include "model/families/scratch.h"

namespace gatescope {

struct ScratchModel {
    std::string name;  // of its folder: "gpt2_tied"
    ModelConfig config;
    std::vector<std::vector<float>> values;  // of canonical_tensors()

    std::vector<TensorValues> borrowed() const;
};

std::vector<ScratchModel> scratch_models();

// Makes the folder and writes the model into it, as a run's checkpoint is.
void write_scratch_model(const std::filesystem::path& folder, const ScratchModel& model);

}  // namespace gatescope
