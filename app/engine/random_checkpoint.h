#pragma once
// A large checkpoint made on the spot, to time loading with.

#include <cstdint>
#include <filesystem>

#include "model/core/job_context.h"
#include "model/core/scratch_folder.h"

namespace gatescope {

struct RandomCheckpointSpec {
    std::uint64_t size_bytes = 1'200'000'000;  // about; whole layers are written
    bool bfloat16 = false;                     // else float32
    bool tied = false;                         // the unembedding is the embedding
};

// A Llama with random weights as a Hugging Face folder (config.json, model.safetensors) in the system's temporary
// folder, gone with its owner. Progress in MB. Throws Failure(kOutput) when there is no room for it, Cancelled.
class RandomCheckpoint {
  public:
    RandomCheckpoint(const RandomCheckpointSpec& spec, JobContext& job);

    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path weights() const { return folder() / "model.safetensors"; }

  private:
    ScratchFolder folder_{"bench"};
};

}  // namespace gatescope
