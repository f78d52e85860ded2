#include "model/transformer/weight_source.h"

#include "model/families/families.h"
#include "model/transformer/weight_reader.h"

namespace gatescope {
namespace {

using Place = std::pair<std::int64_t, Weight>;

Place place_of(const CanonicalTensor& tensor) {
    return {tensor.layer, tensor.weight};
}

class CheckpointWeights final : public WeightSource {
  public:
    CheckpointWeights(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config)
        : checkpoint_(std::move(checkpoint)), config_(config), reader_(*checkpoint_, config_) {
        for (BoundTensor& tensor : bind_tensors(*checkpoint_, config_)) {
            order_.push_back(tensor.canonical);
            tensors_.emplace(place_of(order_.back()), std::move(tensor));
        }
    }

    std::vector<CanonicalTensor> tensors() const override { return order_; }
    void read(const CanonicalTensor& tensor, const at::Tensor& out) const override {
        reader_.read(tensors_.at(place_of(tensor)), out);
    }
    EmbeddingRows embedding_rows(at::ScalarType dtype) const override {
        return {checkpoint_, config_, tensors_.at({-1, Weight::kEmbedding}), dtype};
    }

  private:
    std::shared_ptr<const CheckpointReader> checkpoint_;
    ModelConfig config_;
    WeightReader reader_;
    std::vector<CanonicalTensor> order_;
    std::map<Place, BoundTensor> tensors_;
};

class ParameterWeights final : public WeightSource {
  public:
    explicit ParameterWeights(const Parameters& parameters) {
        for (const Parameter& parameter : parameters) {
            order_.push_back(parameter.canonical);
            values_.emplace(place_of(parameter.canonical), parameter.value.detach());
        }
    }

    std::vector<CanonicalTensor> tensors() const override { return order_; }
    void read(const CanonicalTensor& tensor, const at::Tensor& out) const override {
        out.copy_(values_.at(place_of(tensor)));
    }
    EmbeddingRows embedding_rows(at::ScalarType dtype) const override {
        return EmbeddingRows(values_.at({-1, Weight::kEmbedding}).to(at::kCPU, dtype, false, /*copy=*/true));
    }

  private:
    std::vector<CanonicalTensor> order_;
    std::map<Place, at::Tensor> values_;
};

}  // namespace

std::unique_ptr<WeightSource> weights_of_checkpoint(const std::shared_ptr<const CheckpointReader>& checkpoint,
                                                    const ModelConfig& config) {
    return std::make_unique<CheckpointWeights>(checkpoint, config);
}

std::unique_ptr<WeightSource> weights_of_parameters(const Parameters& parameters) {
    return std::make_unique<ParameterWeights>(parameters);
}

}  // namespace gatescope
