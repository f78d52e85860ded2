#include <ATen/ops/empty.h>

#include <map>
#include <utility>

#include "model/families/families.h"
#include "model/transformer/weight_reader.h"
#include "model/transformer/weights.h"

namespace gatescope {
namespace {

class WeightLoader {
  public:
    WeightLoader(const CheckpointReader& checkpoint, const ModelConfig& config, at::Device device, at::ScalarType dtype,
                 JobContext& job)
        : reader_(checkpoint, config), device_(device), dtype_(dtype), job_(job) {
        for (BoundTensor& tensor : bind_tensors(checkpoint, config)) {
            const auto place = std::pair(tensor.canonical.layer, tensor.canonical.weight);
            tensors_.emplace(place, std::move(tensor));
        }
        job_.begin("Loading weights", "tensors", static_cast<double>(tensors_.size()));
    }

    at::Tensor gain(Weight weight, std::int64_t layer = -1) {
        const BoundTensor& tensor = tensors_.at({layer, weight});
        at::Tensor out = at::empty({tensor.canonical.shape.front()}, at::kFloat);
        fill(tensor, out);
        return out.to(device_);
    }

    // A matrix kept as it is.
    at::Tensor matrix(Weight weight, std::int64_t layer = -1) {
        const BoundTensor& tensor = tensors_.at({layer, weight});
        at::Tensor out = at::empty(tensor.canonical.shape, dtype_);
        fill(tensor, out);
        return out.to(device_);
    }

    // Matrices stacked into one, by way of a buffer that is used again and again: freshly allocated ones would leave
    // holes between the packed matrices.
    Linear linear(std::initializer_list<Weight> stacked, std::int64_t layer = -1) {
        std::int64_t n_rows = 0, width = 0;
        for (const Weight weight : stacked) {
            const auto& shape = tensors_.at({layer, weight}).canonical.shape;
            n_rows += shape.front();
            width = shape.back();
        }
        if (!staging_.defined() || staging_.numel() < n_rows * width) staging_ = at::empty({n_rows * width}, dtype_);
        const at::Tensor out = staging_.narrow(0, 0, n_rows * width).view({n_rows, width});
        std::int64_t first_row = 0;
        for (const Weight weight : stacked) {
            const BoundTensor& tensor = tensors_.at({layer, weight});
            fill(tensor, out.narrow(0, first_row, tensor.canonical.shape.front()));
            first_row += tensor.canonical.shape.front();
        }
        return Linear(out.to(device_));
    }

    std::uint64_t parameter_count() const {
        std::uint64_t count = 0;
        for (const auto& [place, tensor] : tensors_) count += static_cast<std::uint64_t>(tensor.info->element_count());
        return count;
    }

  private:
    void fill(const BoundTensor& tensor, const at::Tensor& out) {
        reader_.read(tensor, out);
        job_.tick(++done_);
    }

    WeightReader reader_;
    at::Device device_;
    at::ScalarType dtype_;
    JobContext& job_;
    std::map<std::pair<std::int64_t, Weight>, BoundTensor> tensors_;
    at::Tensor staging_;
    double done_ = 0;
};

LayerWeights load_layer(WeightLoader& loader, std::int64_t layer) {
    LayerWeights out;
    out.attention_norm_D = loader.gain(Weight::kAttentionNorm, layer);
    out.qkv = loader.linear({Weight::kQuery, Weight::kKey, Weight::kValue}, layer);
    out.attention_out = loader.linear({Weight::kAttentionOut}, layer);
    out.mlp_norm_D = loader.gain(Weight::kMlpNorm, layer);
    out.mlp_gate = loader.linear({Weight::kMlpGate}, layer);
    out.mlp_up = loader.linear({Weight::kMlpUp}, layer);
    out.mlp_down = loader.linear({Weight::kMlpDown}, layer);
    return out;
}

}  // namespace

Weights load_weights(const CheckpointReader& checkpoint, const ModelConfig& config, at::Device device,
                     at::ScalarType dtype, JobContext& job) {
    WeightLoader loader(checkpoint, config, device, dtype, job);
    Weights out;
    out.parameter_count = loader.parameter_count();
    out.embedding_VD = loader.matrix(Weight::kEmbedding);
    for (std::int64_t layer = 0; layer < config.n_layers; ++layer) out.layers.push_back(load_layer(loader, layer));
    out.final_norm_D = loader.gain(Weight::kFinalNorm);
    out.unembedding = config.tied_embeddings ? Linear(out.embedding_VD) : loader.linear({Weight::kUnembedding});
    return out;
}

std::uint64_t weight_bytes(const ModelConfig& config, at::ScalarType dtype) {
    std::uint64_t elements = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        std::uint64_t count = 1;
        for (const std::int64_t size : tensor.shape) count *= static_cast<std::uint64_t>(size);
        // Tied embeddings are held twice: as rows to look up and in the order that multiplication wants.
        const bool twice = tensor.weight == Weight::kEmbedding && config.tied_embeddings;
        elements += twice ? 2 * count : count;
    }
    return elements * c10::elementSize(dtype);
}

}  // namespace gatescope
