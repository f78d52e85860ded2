#pragma once
// What torch.save's pickle (data.pkl) says about tensors: names, and which strided part of which storage each one is.
// Meaning of the calls: torch/_utils.py, torch/serialization.py of PyTorch 2.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/number_types.h"

namespace gatescope {

struct StoredStrides {
    std::string_view storage;            // key: the entry NAME/data/KEY of the archive; in the pickle's own bytes
    std::uint64_t storage_bytes = 0;     // that the pickle claims for it
    const NumberType* type = nullptr;    // of the values
    std::uint64_t first = 0;             // element of the storage that the tensor begins with
    std::vector<std::int64_t> shape;     // a scalar is [1]
    std::vector<std::uint64_t> strides;  // in elements
};

struct NamedStrides {
    std::string name;
    StoredStrides strides;
};

// The tensors of the state dictionary in the pickle, which outlives them, in its order; every element lies in the
// storage as claimed. A dictionary around it ("state_dict", "model" ...) is taken off, as are "module." and
// "_orig_mod." in front of all names; what is no tensor is passed over. Throws Failure: kUnsupported naming a call that
// no state dictionary makes, kBadFile.
std::vector<NamedStrides> read_torch_pickle(std::span<const std::byte> pickle);

}  // namespace gatescope
