#pragma once
// The weights of a decoder in the form that trains: parameters at work through differentiable functions, members named
// as in weights.h. I in, O out, D d_model, N rows.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/config.h"
#include "model/transformer/parameters.h"

namespace gatescope {

// Matrices that stand stacked at work and are parameters of their own. As Linear; all float32.
class TrainedLinear {
  public:
    TrainedLinear() = default;
    TrainedLinear(std::vector<at::Tensor> weights_OI, std::vector<at::Tensor> biases_O, DataType compute);

    at::Tensor apply(const at::Tensor& x_NI) const;
    at::Tensor apply(const at::Tensor& x_NI, Activation activation) const;
    at::Tensor apply_plus(const at::Tensor& x_NI, const at::Tensor& z_NO) const;
    at::Tensor apply_gated(const at::Tensor& x_NI, const TrainedLinear& gate, Activation activation) const;
    at::Tensor weight_OI() const;
    at::Tensor bias_O() const;  // undefined where there is none

  private:
    std::vector<at::Tensor> weights_OI_, biases_O_;
    DataType compute_ = DataType::kFloat32;
};

// As Norm.
struct TrainedNorm {
    NormKind kind = NormKind::kRms;
    double epsilon = 0;
    at::Tensor gain_D, bias_D;

    bool present() const { return gain_D.defined(); }
    at::Tensor apply(const at::Tensor& x_ND) const;
    at::Tensor apply_plus(const at::Tensor& x_ND, const at::Tensor& z_ND) const;
};

struct TrainedQueryKeyNorms {
    TrainedNorm query, key;
};

struct TrainedLayer {
    TrainedNorm attention_norm;
    TrainedLinear qkv;
    TrainedQueryKeyNorms query_key_norms;
    TrainedLinear attention_out;
    TrainedNorm attention_post_norm;
    TrainedNorm mlp_norm;
    TrainedLinear mlp_gate, mlp_up, mlp_down;
    TrainedNorm mlp_post_norm;
};

struct TrainedHead {
    TrainedLinear dense;
    TrainedNorm norm;
    TrainedLinear unembedding;
};

struct TrainedWeights {
    at::Tensor embedding_VD, position_PD, token_type_SD;
    TrainedNorm embedding_norm;
    std::vector<TrainedLayer> layers;
    TrainedNorm final_norm;
    TrainedHead head;
};

// On the parameters' own tensors.
TrainedWeights trained_weights(const ModelConfig& config, const Parameters& parameters, DataType compute);

}  // namespace gatescope
