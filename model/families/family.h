#pragma once
// One family of checkpoints: how its metadata becomes a ModelConfig, and where its file keeps each weight.

#include <cstdint>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {

// Where the rows of a canonical matrix come from in the file.
enum class RowOrder {
    kAsStored,
    // Rotated channels of each head lie in neighbouring pairs (2r, 2r + 1), as llama.cpp stores q and k; the
    // transformer wants pairs (r, r + rope_dims / 2). Channels beyond rope_dims stay.
    kInterleavedPairs,
};

struct StoredTensor {
    std::string name;  // in the file
    RowOrder order = RowOrder::kAsStored;
};

// A registry entry.
struct Family {
    std::string id;            // "llama"
    std::string label;         // "Llama"
    std::string architecture;  // what the file calls it, where that is one word: general.architecture
    bool (*detect)(const CheckpointReader& checkpoint);
    // Throws Failure(kBadFile, kUnsupported) naming the key.
    ModelConfig (*read_config)(const CheckpointReader& checkpoint);
    StoredTensor (*stored)(const CanonicalTensor& tensor);
    // May a tensor that the recipe doesn't use be left out without changing what the model computes?
    bool (*ignorable)(const std::string& name);
};

// The file's row that row `row` of the canonical matrix is.
std::int64_t stored_row(RowOrder order, std::int64_t row, std::int64_t d_head, std::int64_t rope_dims);

// One line a family, defined in the family's own file.
Family llama_family();

}  // namespace gatescope
