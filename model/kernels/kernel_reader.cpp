#include "model/kernels/kernel_reader.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>

#include <optional>
#include <utility>

#include "model/core/error.h"
#include "model/kernels/input_norm.h"

namespace gatescope {

KernelReader::KernelReader(const CheckpointReader& checkpoint, const ModelConfig& config)
    : config_(config), reader_(checkpoint, config_), layers_(static_cast<std::size_t>(config.n_layers)) {
    std::vector<BoundTensor> norms;
    for (BoundTensor& tensor : bind_tensors(checkpoint, config_)) {
        const auto [weight, layer, shape] = tensor.canonical;
        if (weight == Weight::kQuery)
            layers_[static_cast<std::size_t>(layer)].query = std::move(tensor);
        else if (weight == Weight::kKey)
            layers_[static_cast<std::size_t>(layer)].key = std::move(tensor);
        else if (weight == Weight::kAttentionNorm || weight == Weight::kMlpPostNorm || weight == Weight::kEmbeddingNorm)
            norms.push_back(std::move(tensor));
    }
    for (std::int64_t layer = 0; layer < config_.n_layers; ++layer) {
        const std::optional<InputNorm> place = input_norm(config_, layer);
        for (const BoundTensor& norm : norms)
            if (place && norm.canonical.weight == place->gain && norm.canonical.layer == place->layer)
                layers_[static_cast<std::size_t>(layer)].gain = norm;
    }
}

at::Tensor KernelReader::read_heads(const BoundTensor& tensor, std::int64_t n_heads) const {
    const at::Tensor rows_OD = at::empty(tensor.canonical.shape, at::kFloat);
    reader_.read(tensor, rows_OD);
    return rows_OD.view({n_heads, config_.d_head, config_.d_model});
}

LayerProjections KernelReader::read(std::int64_t layer) const {
    if (layer < 0 || layer >= config_.n_layers)
        throw Failure(FailureKind::kUsage, "no layer " + std::to_string(layer), {},
                      "the model has 0-" + std::to_string(config_.n_layers - 1));
    const Bound& bound = layers_[static_cast<std::size_t>(layer)];
    LayerProjections out{read_heads(bound.query, config_.n_heads),
                         read_heads(bound.key, config_.n_kv_heads),
                         {},
                         config_.attention_scale};
    out.gain_D = at::ones({config_.d_model}, at::kFloat);
    if (bound.gain.info != nullptr) reader_.read(bound.gain, out.gain_D);
    return out;
}

}  // namespace gatescope
