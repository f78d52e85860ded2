#include "analysis/spectra/layer_inputs.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "model/kernels/input_norm.h"

namespace gatescope {
namespace {

const BoundTensor* find(const std::vector<BoundTensor>& tensors, Weight weight, std::int64_t layer = -1) {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const BoundTensor& tensor) {
        return tensor.canonical.weight == weight && tensor.canonical.layer == layer;
    });
    return found == tensors.end() ? nullptr : &*found;
}

at::Tensor read_whole(const WeightReader& reader, const BoundTensor& tensor) {
    at::Tensor out = at::empty(tensor.canonical.shape, at::kFloat);
    reader.read(tensor, out);
    return out;
}

}  // namespace

LayerInputs::LayerInputs(const CheckpointReader& checkpoint, const ModelConfig& config, std::int64_t layer)
    : checkpoint_(checkpoint), config_(config), reader_(checkpoint_, config_) {
    const std::vector<BoundTensor> tensors = bind_tensors(checkpoint_, config_);
    embedding_ = *find(tensors, Weight::kEmbedding);
    if (const BoundTensor* types = find(tensors, Weight::kTokenTypeEmbedding))
        token_type_D_ = read_whole(reader_, *types).select(0, 0);
    embedding_norm_ = read_norm(tensors, Weight::kEmbeddingNorm, Weight::kEmbeddingNormBias, -1);
    if (const std::optional<InputNorm> norm = input_norm(config_, layer)) {
        input_is_embedding_norm_ = norm->gain == Weight::kEmbeddingNorm;
        input_norm_ = read_norm(tensors, norm->gain, norm->bias, norm->layer);
    }
}

Norm LayerInputs::read_norm(const std::vector<BoundTensor>& tensors, Weight gain, Weight bias,
                            std::int64_t layer) const {
    Norm out{config_.norm, config_.norm_epsilon, {}, {}};
    if (const BoundTensor* found = find(tensors, gain, layer)) out.gain_D = read_whole(reader_, *found);
    if (const BoundTensor* found = find(tensors, bias, layer)) out.bias_D = read_whole(reader_, *found);
    return out;
}

at::Tensor LayerInputs::of_stream(const at::Tensor& resid_TD) const {
    const at::Tensor stream_TD = resid_TD.to(at::kCPU, at::kFloat).contiguous();
    return config_.norms_input() ? input_norm_.apply(stream_TD) : stream_TD;
}

at::Tensor LayerInputs::of_vocabulary(std::int64_t first, std::int64_t count) const {
    at::Tensor stream_TD = at::empty({count, config_.d_model}, at::kFloat);
    reader_.read_slice(embedding_, first, stream_TD);
    if (config_.embedding_scale != 1.0) stream_TD.mul_(static_cast<float>(config_.embedding_scale));
    if (token_type_D_.defined()) stream_TD.add_(token_type_D_);
    if (embedding_norm_.present()) stream_TD = embedding_norm_.apply(stream_TD);
    return input_norm_.present() && !input_is_embedding_norm_ ? input_norm_.apply(stream_TD) : stream_TD;
}

void LayerInputs::release() const {
    checkpoint_.release(*embedding_.info);
}

}  // namespace gatescope
