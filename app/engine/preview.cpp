#include "app/engine/preview.h"

#include "analysis/abilities.h"
#include "app/engine/model_memory.h"
#include "app/engine/models.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {

ModelPreview preview_of(const std::string& path, const Model& model, const DeviceWish& wish, const MemoryThere& there) {
    const ModelConfig& config = model.summary->config;
    const TensorReport tensors = tensor_report(model);
    ModelPreview out;
    out.path = path;
    out.family_label = family_label(config);
    out.summary = model.summary;
    if (model.tokenizer) out.tokenizer_size = static_cast<std::int64_t>(model.tokenizer->size());
    if (model.tokenizer_failure) out.no_tokenizer = model.tokenizer_failure->what();
    out.tensors_unused = std::ssize(tensors.unused);
    out.tensors_missing = std::ssize(tensors.missing);
    out.tensors_odd = std::ssize(tensors.odd);
    out.memory = weigh([&](const MemoryWish& how) { return memory_needs(config, how); },
                       {wish.dtype, wish.window_length, wish.maps}, there);
    return out;
}

}  // namespace gatescope
