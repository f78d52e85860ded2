#pragma once
// What the fuzzer of config.json and of GGUF metadata (as JSON) does with bytes, and what the replay test repeats.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/families/families.h"
#include "tests/support/honest_configs.h"
#include "tests/support/memory_checkpoint.h"

namespace gatescope {

// Reads the bytes as the metadata of every honest checkpoint in turn: the config, what tensors it uses, and where each
// weight lies. Returns how many of them opened. Any outcome but a Failure is a bug.
inline std::size_t read_configs(std::string_view bytes) {
    std::size_t opened = 0;
    nlohmann::json metadata;
    try {
        metadata = parse_json(bytes);
    } catch (const Failure&) {
        return 0;
    }
    for (const HonestConfig& honest : honest_configs()) {
        const MemoryCheckpoint checkpoint(honest.kind, metadata, honest.tensors);
        try {
            const ModelConfig config = read_config(checkpoint);
            tensor_use(checkpoint);
            bind_tensors(checkpoint, config);
            ++opened;
        } catch (const Failure&) {
        }
    }
    return opened;
}

}  // namespace gatescope
