#pragma once
// The families that this program knows, and what they make of a checkpoint. No torch.

#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/families/family.h"

namespace gatescope {

// All families, in the order that messages list them.
const std::vector<Family>& families();

// Reads and checks the config alone: for `info` and previews. Throws Failure: kUnsupported listing the known families,
// kBadFile when the file doesn't say what it is.
ModelConfig read_config(const CheckpointReader& checkpoint);

// Tensors of the file that the model doesn't use, those it misses (by the family's plain names), and those of another
// shape than it needs ("NAME has shape [3]; the metadata asks for [4]").
struct TensorUse {
    std::vector<std::string> unused, missing, odd;
};
TensorUse tensor_use(const CheckpointReader& checkpoint);

// A canonical weight and where the file has it.
struct BoundTensor {
    CanonicalTensor canonical;
    const TensorInfo* info = nullptr;  // owned by the checkpoint
    StoredTensor stored;
};
// Every weight of the model bound to its tensor, shapes checked. Throws Failure(kBadFile) naming the tensor.
std::vector<BoundTensor> bind_tensors(const CheckpointReader& checkpoint, const ModelConfig& config);

}  // namespace gatescope
