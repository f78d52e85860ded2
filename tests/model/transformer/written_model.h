#pragma once
// A checkpoint's weights as canonical float32 values, and a model written from them.

#include <ATen/ops/empty.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "model/families/families.h"
#include "model/families/hf_writer.h"
#include "model/transformer/weight_reader.h"

namespace gatescope::testing_support {

struct CanonicalValues {
    ModelConfig config;
    std::vector<CanonicalTensor> canonical;
    std::vector<at::Tensor> values;

    std::vector<TensorValues> borrowed() const {
        std::vector<TensorValues> out;
        for (std::size_t n = 0; n < values.size(); ++n)
            out.push_back(
                {canonical[n], {values[n].const_data_ptr<float>(), static_cast<std::size_t>(values[n].numel())}});
        return out;
    }
};

inline CanonicalValues canonical_values(const CheckpointReader& checkpoint) {
    CanonicalValues out{read_config(checkpoint), {}, {}};
    const WeightReader reader(checkpoint, out.config);
    for (const BoundTensor& tensor : bind_tensors(checkpoint, out.config)) {
        out.canonical.push_back(tensor.canonical);
        out.values.push_back(at::empty(tensor.canonical.shape));
        reader.read(tensor, out.values.back());
    }
    return out;
}

// Writes the checkpoint's model into `folder` and opens what is there.
inline std::unique_ptr<CheckpointReader> write_again(const CheckpointReader& checkpoint,
                                                     const std::filesystem::path& folder) {
    const CanonicalValues model = canonical_values(checkpoint);
    write_hf_model(folder, model.config, hf_config_text(model.config, &checkpoint), model.borrowed());
    return open_checkpoint(folder);
}

}  // namespace gatescope::testing_support
