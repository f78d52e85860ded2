#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "model/transformer/assemble_layer.h"
#include "model/transformer/weight_source.h"
#include "model/transformer/weights.h"

namespace gatescope {
namespace {

std::uint64_t element_count(const CanonicalTensor& tensor) {
    std::uint64_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= static_cast<std::uint64_t>(size);
    return count;
}

class WeightLoader {
  public:
    WeightLoader(const WeightSource& source, const ModelConfig& config, at::Device device, at::ScalarType dtype,
                 JobContext& job)
        : source_(source), epsilon_(config.norm_epsilon), device_(device), dtype_(dtype), job_(job) {
        for (CanonicalTensor& tensor : source_.tensors()) {
            const auto place = std::pair(tensor.layer, tensor.weight);
            tensors_.emplace(place, std::move(tensor));
        }
        job_.begin("Loading weights", "tensors", static_cast<double>(tensors_.size()));
    }

    bool has(Weight weight, std::int64_t layer = -1) const { return tensors_.contains({layer, weight}); }

    // Without weights where the model has no such norm.
    Norm norm(NormKind kind, Weight gain, Weight bias, std::int64_t layer = -1) {
        Norm out{kind, epsilon_, {}, {}};
        if (has(gain, layer)) out.gain_D = vectors({gain}, at::kFloat, layer).to(device_);
        if (has(bias, layer)) out.bias_D = vectors({bias}, at::kFloat, layer).to(device_);
        return out;
    }

    QueryKeyNorms query_key_norms(std::int64_t layer) {
        const Norm none{NormKind::kRms, epsilon_, {}, {}};
        QueryKeyNorms out{none, none};
        out.query.gain_D = vectors({Weight::kQueryNorm}, at::kFloat, layer).to(device_);
        out.key.gain_D = vectors({Weight::kKeyNorm}, at::kFloat, layer).to(device_);
        return out;
    }

    // A matrix kept as it is.
    at::Tensor matrix(Weight weight, std::int64_t layer = -1) {
        const CanonicalTensor& tensor = tensors_.at({layer, weight});
        at::Tensor out = at::empty(tensor.shape, dtype_);
        fill(tensor, out);
        return out.to(device_);
    }

    // Matrices stacked into one, with their biases if the model has them, by way of a buffer that is used again and
    // again: freshly allocated ones would leave holes between the packed matrices.
    Linear linear(std::initializer_list<Weight> stacked, std::initializer_list<Weight> biases,
                  std::int64_t layer = -1) {
        std::int64_t n_rows = 0, width = 0;
        for (const Weight weight : stacked) {
            const auto& shape = tensors_.at({layer, weight}).shape;
            n_rows += shape.front();
            width = shape.back();
        }
        if (!staging_.defined() || staging_.numel() < n_rows * width) staging_ = at::empty({n_rows * width}, dtype_);
        const at::Tensor out = staging_.narrow(0, 0, n_rows * width).view({n_rows, width});
        std::int64_t first_row = 0;
        for (const Weight weight : stacked) {
            const CanonicalTensor& tensor = tensors_.at({layer, weight});
            fill(tensor, out.narrow(0, first_row, tensor.shape.front()));
            first_row += tensor.shape.front();
        }
        return Linear(out.to(device_), bias(biases, layer));
    }

    // The rows of the matrix that `tied` multiplies with.
    EmbeddingRows rows_of(const Linear& tied) const {
        if (const at::Tensor rows_VD = tied.plain_weight(); rows_VD.defined()) return EmbeddingRows(rows_VD);
        return source_.embedding_rows(dtype_);
    }

    // Lets go of the buffer: what comes next is smaller.
    void drop_staging() { staging_ = at::Tensor(); }

    // Undefined where the model has none.
    at::Tensor bias(std::initializer_list<Weight> stacked, std::int64_t layer = -1) {
        return has(*stacked.begin(), layer) ? vectors(stacked, dtype_, layer).to(device_) : at::Tensor();
    }

    std::uint64_t parameter_count() const {
        std::uint64_t count = 0;
        for (const auto& [place, tensor] : tensors_) count += element_count(tensor);
        return count;
    }

  private:
    at::Tensor vectors(std::initializer_list<Weight> stacked, at::ScalarType dtype, std::int64_t layer) {
        std::vector<at::Tensor> parts;
        for (const Weight weight : stacked) {
            const CanonicalTensor& tensor = tensors_.at({layer, weight});
            parts.push_back(at::empty(tensor.shape, dtype));
            fill(tensor, parts.back());
        }
        return at::cat(parts);
    }

    void fill(const CanonicalTensor& tensor, const at::Tensor& out) {
        source_.read(tensor, out);
        job_.tick(++done_);
    }

    const WeightSource& source_;
    double epsilon_;
    at::Device device_;
    at::ScalarType dtype_;
    JobContext& job_;
    std::map<std::pair<std::int64_t, Weight>, CanonicalTensor> tensors_;
    at::Tensor staging_;
    double done_ = 0;
};

using W = Weight;

}  // namespace

// The largest matrices go first, while there is least beside them: on its way into the blocked order each is there
// twice.
Weights load_weights(const WeightSource& source, const ModelConfig& config, at::Device device, at::ScalarType dtype,
                     JobContext& job) {
    WeightLoader loader(source, config, device, dtype, job);
    Weights out;
    out.parameter_count = loader.parameter_count();
    out.head = assemble_head<LmHeadWeights>(loader, config);
    loader.drop_staging();
    const bool shared = config.tied_embeddings && config.lm_head != LmHead::kNone;
    out.embedding = shared ? loader.rows_of(out.head.unembedding) : EmbeddingRows(loader.matrix(W::kEmbedding));
    if (config.learned_positions) out.position_PD = loader.matrix(W::kPositionEmbedding);
    if (config.n_token_types > 0) out.token_type_SD = loader.matrix(W::kTokenTypeEmbedding);
    out.embedding_norm = loader.norm(config.norm, W::kEmbeddingNorm, W::kEmbeddingNormBias);
    for (std::int64_t layer = 0; layer < config.n_layers; ++layer)
        out.layers.push_back(assemble_layer<LayerWeights>(loader, config, layer));
    out.final_norm = loader.norm(config.norm, W::kFinalNorm, W::kFinalNormBias);
    return out;
}

Weights load_weights(const std::shared_ptr<const CheckpointReader>& checkpoint, const ModelConfig& config,
                     at::Device device, at::ScalarType dtype, JobContext& job) {
    return load_weights(*weights_of_checkpoint(checkpoint, config), config, device, dtype, job);
}

std::uint64_t weight_bytes(const ModelConfig& config, at::ScalarType dtype) {
    constexpr double kMost = 0x1p63;  // a config that no file bears out yet may claim any size
    double bytes = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        // Norms are float32 whatever the type of the matrices; so few that biases may be counted with them.
        const double value = tensor.shape.size() == 1 ? 4 : static_cast<double>(c10::elementSize(dtype));
        bytes += static_cast<double>(element_count(tensor)) * value;
    }
    return static_cast<std::uint64_t>(std::min(bytes, kMost));
}

}  // namespace gatescope
