#pragma once

#include "model/transformer/attention.h"
#include "model/transformer/rope.h"
#include "model/transformer/transformer.h"
#include "model/transformer/weights.h"

namespace gatescope {

// The decoder over loaded weights.
class Decoder : public Transformer {
  public:
    Decoder(ModelConfig config, Weights weights, at::Device device, DataType dtype);

    const ModelConfig& config() const override { return config_; }
    std::string device() const override { return device_.str(); }
    DataType dtype() const override { return dtype_; }
    std::uint64_t parameter_count() const override { return weights_.parameter_count; }
    at::Tensor forward(const ForwardRequest& request, JobContext& job) override;
    at::Tensor logits(const at::Tensor& hidden_TD) override;
    std::vector<float> token_nll(const at::Tensor& hidden_TD, std::span<const std::int32_t> ids,
                                 JobContext& job) override;

  private:
    at::Tensor embed(std::span<const std::int32_t> ids) const;
    // Where the pass begins: the embedding, or the stream that the request brings.
    StreamPoint start_of(const ForwardRequest& request) const;
    LayerInput layer_input(std::int64_t layer, const at::Tensor& x_TD);
    // The heads' outputs side by side.
    at::Tensor attention(std::int64_t layer, const at::Tensor& x_TD, const ForwardRequest& request, JobContext& job);
    const LayerWeights& layer_weights(std::int64_t layer) const {
        return weights_.layers[static_cast<std::size_t>(layer)];
    }

    ModelConfig config_;
    Weights weights_;
    at::Device device_;
    DataType dtype_;
    RopeTable rope_;
    AttentionScratch scratch_;
};

}  // namespace gatescope
