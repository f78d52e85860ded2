#pragma once
// What a checkpoint is, from its headers alone: shown before anybody decides to load it. Immutable. No torch.

#include <cstdint>
#include <memory>
#include <string>

#include "analysis/results.h"
#include "app/engine/memory_report.h"

namespace gatescope {

struct ModelPreview {
    std::string path;                             // as asked for
    std::string error;                            // one line: why it can't be opened; all below is then empty
    std::string family_label;                     // "Llama"
    std::shared_ptr<const ModelSummary> summary;  // without its hash
    std::int64_t tokenizer_size = 0;              // pieces
    std::string no_tokenizer;                     // why there is none; empty where there is one
    std::int64_t tensors_unused = 0, tensors_missing = 0;
    std::int64_t tensors_odd = 0;  // of another shape than the model needs
    MemoryReport memory;
};

struct Model;
struct DeviceWish;
// Of a model whose headers are read; `path` as asked for.
ModelPreview preview_of(const std::string& path, const Model& model, const DeviceWish& wish, const MemoryThere& there);

// A load that was refused because there is no room, until the next model is opened.
struct LoadRefusal {
    std::uint64_t id = 0;  // grows
    std::shared_ptr<const ModelPreview> preview;
};

}  // namespace gatescope
