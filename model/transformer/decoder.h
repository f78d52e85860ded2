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
    at::Tensor attention(std::int64_t layer, const at::Tensor& resid_pre_TD, const ForwardRequest& request,
                         JobContext& job);
    at::Tensor mlp(std::int64_t layer, const at::Tensor& resid_mid_TD) const;

    ModelConfig config_;
    Weights weights_;
    at::Device device_;
    DataType dtype_;
    RopeTable rope_;
    AttentionScratch scratch_;
};

}  // namespace gatescope
