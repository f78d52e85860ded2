#pragma once
// Sets of keys from outside, which the gate `keys` plays back: of a capture or an .npy. No torch.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/gates/gate_info.h"

namespace gatescope {

// [window, layer, head, query, slot], -1 in slots without a key; those of the first windows of a text.
struct StoredKeys {
    std::string name;  // of the file, for errors
    std::int64_t windows = 0, queries = 0, slots = 0;
    std::vector<std::int64_t> layers, heads;  // their numbers in the model
    std::vector<std::int32_t> keys;
    std::int64_t longest = 1;                          // set; 1 at least
    std::vector<std::vector<std::int32_t>> text = {};  // ids of those windows; empty where the file doesn't say

    // The slots of a query; `layer` and `head` are places in the lists above.
    std::span<const std::int32_t> row(std::int64_t window, std::size_t layer, std::size_t head,
                                      std::int64_t query) const;
};

// Reads the sets of one gate out of a capture (empty: the only one that has some). Captures are above the model.
using CaptureKeys = std::function<StoredKeys(const std::filesystem::path& file, const std::string& gate)>;

// The gate with the sets that its terms name, read and checked: every layer and head of the term there, each key one
// that the model lets its query use, none twice. Throws Failure naming the file.
GateSpec with_stored_keys(GateSpec gate, const ModelConfig& model, const CaptureKeys& read_capture);

// Are there sets for all of these windows, of their length and, where the file says, of their tokens? Throws
// Failure(kUsage).
void check_stored_keys(const GateSpec& gate, std::span<const std::vector<std::int32_t>> windows);

// The sets of an .npy: every layer and head of the model. Throws Failure.
StoredKeys keys_of_npy(std::string_view bytes, const std::string& name, const ModelConfig& model);

}  // namespace gatescope
