#include "model/transformer/parameters.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include <cmath>

#include "model/gates/random_arrays.h"
#include "model/transformer/decoder.h"
#include "model/transformer/weight_source.h"

namespace gatescope {
namespace {

// Streams of the arrays of gates end before these.
constexpr std::uint32_t kFirstWeightArray = 1024;

enum class FirstValues { kZeros, kOnes, kNormal, kNormalIntoStream };

FirstValues first_values(Weight weight) {
    switch (weight) {
        case Weight::kEmbedding:
        case Weight::kPositionEmbedding:
        case Weight::kTokenTypeEmbedding:
        case Weight::kQuery:
        case Weight::kKey:
        case Weight::kValue:
        case Weight::kMlpGate:
        case Weight::kMlpUp:
        case Weight::kHeadDense:
        case Weight::kUnembedding:
            return FirstValues::kNormal;
        case Weight::kAttentionOut:
        case Weight::kMlpDown:
            return FirstValues::kNormalIntoStream;
        case Weight::kEmbeddingNorm:
        case Weight::kAttentionNorm:
        case Weight::kQueryNorm:
        case Weight::kKeyNorm:
        case Weight::kAttentionPostNorm:
        case Weight::kMlpNorm:
        case Weight::kMlpPostNorm:
        case Weight::kFinalNorm:
        case Weight::kHeadNorm:
            return FirstValues::kOnes;
        case Weight::kEmbeddingNormBias:
        case Weight::kAttentionNormBias:
        case Weight::kQueryBias:
        case Weight::kKeyBias:
        case Weight::kValueBias:
        case Weight::kAttentionOutBias:
        case Weight::kAttentionPostNormBias:
        case Weight::kMlpNormBias:
        case Weight::kMlpGateBias:
        case Weight::kMlpUpBias:
        case Weight::kMlpDownBias:
        case Weight::kMlpPostNormBias:
        case Weight::kFinalNormBias:
        case Weight::kHeadDenseBias:
        case Weight::kHeadNormBias:
        case Weight::kUnembeddingBias:
            return FirstValues::kZeros;
    }
    return FirstValues::kZeros;
}

at::Tensor drawn(const CanonicalTensor& tensor, std::int64_t seed, double deviation) {
    at::Tensor out = at::empty(tensor.shape, at::kFloat);
    const NormalStream stream{seed, tensor.layer + 1, 0, kFirstWeightArray + static_cast<std::uint32_t>(tensor.weight)};
    fill_normals(stream, deviation, {out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
    return out;
}

at::Tensor first_value(const CanonicalTensor& tensor, const ModelConfig& config, std::int64_t seed, double deviation) {
    switch (first_values(tensor.weight)) {
        case FirstValues::kZeros:
            return at::zeros(tensor.shape, at::kFloat);
        case FirstValues::kOnes:
            return at::full(tensor.shape, 1.0, at::kFloat);
        case FirstValues::kNormal:
            return drawn(tensor, seed, deviation);
        case FirstValues::kNormalIntoStream:
            return drawn(tensor, seed, deviation / std::sqrt(2.0 * static_cast<double>(config.n_layers)));
    }
    return {};
}

}  // namespace

Parameters load_parameters(const std::shared_ptr<const CheckpointReader>& checkpoint, const ModelConfig& config,
                           at::Device device, JobContext& job) {
    const c10::InferenceMode off(false);  // leaves of a graph are none of inference's tensors
    const auto source = weights_of_checkpoint(checkpoint, config);
    const std::vector<CanonicalTensor> tensors = canonical_tensors(config);
    job.begin("Loading weights", "tensors", static_cast<double>(tensors.size()));
    Parameters out;
    for (const CanonicalTensor& tensor : tensors) {
        const at::Tensor value = at::empty(tensor.shape, at::kFloat);
        source->read(tensor, value);
        out.push_back({tensor, value.to(device).requires_grad_(true)});
        job.tick(static_cast<double>(out.size()));
    }
    return out;
}

Parameters random_parameters(const ModelConfig& config, std::int64_t seed, double deviation, at::Device device) {
    const c10::InferenceMode off(false);
    Parameters out;
    for (const CanonicalTensor& tensor : canonical_tensors(config))
        out.push_back({tensor, first_value(tensor, config, seed, deviation).to(device).requires_grad_(true)});
    return out;
}

std::unique_ptr<Transformer> make_transformer(const ModelConfig& config, const Parameters& parameters,
                                              at::Device device, DataType dtype) {
    const c10::InferenceMode inference;
    const at::ScalarType type = dtype == DataType::kBFloat16 ? at::kBFloat16 : at::kFloat;
    JobContext job;
    Weights weights = load_weights(*weights_of_parameters(parameters), config, device, type, job);
    return std::make_unique<Decoder>(config, std::move(weights), device, dtype);
}

}  // namespace gatescope
