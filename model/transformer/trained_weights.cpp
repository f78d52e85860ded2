#include "model/transformer/trained_weights.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <map>
#include <utility>

#include "model/transformer/assemble_layer.h"
#include "model/transformer/trained/activation_function.h"
#include "model/transformer/trained/linear_function.h"
#include "model/transformer/trained/norm_function.h"

namespace gatescope {
namespace {

at::Tensor stacked(const std::vector<at::Tensor>& parts) {
    return parts.size() == 1 ? parts.front() : at::cat(parts);
}

class Assembler {
  public:
    Assembler(const ModelConfig& config, const Parameters& parameters, DataType compute)
        : epsilon_(config.norm_epsilon), compute_(compute) {
        for (const Parameter& parameter : parameters)
            values_.emplace(std::pair(parameter.canonical.layer, parameter.canonical.weight), parameter.value);
    }

    // Undefined where the model has none.
    at::Tensor value(Weight weight, std::int64_t layer = -1) const {
        const auto found = values_.find({layer, weight});
        return found == values_.end() ? at::Tensor() : found->second;
    }

    TrainedNorm norm(NormKind kind, Weight gain, Weight bias, std::int64_t layer = -1) const {
        return {kind, epsilon_, value(gain, layer), value(bias, layer)};
    }

    TrainedQueryKeyNorms query_key_norms(std::int64_t layer) const {
        return {{NormKind::kRms, epsilon_, value(Weight::kQueryNorm, layer), {}},
                {NormKind::kRms, epsilon_, value(Weight::kKeyNorm, layer), {}}};
    }

    TrainedLinear linear(std::initializer_list<Weight> weights, std::initializer_list<Weight> biases,
                         std::int64_t layer = -1) const {
        return {values(weights, layer), values(biases, layer), compute_};
    }

  private:
    std::vector<at::Tensor> values(std::initializer_list<Weight> weights, std::int64_t layer) const {
        std::vector<at::Tensor> out;
        for (const Weight weight : weights)
            if (const at::Tensor found = value(weight, layer); found.defined()) out.push_back(found);
        return out;
    }

    double epsilon_;
    DataType compute_;
    std::map<std::pair<std::int64_t, Weight>, at::Tensor> values_;
};

}  // namespace

TrainedLinear::TrainedLinear(std::vector<at::Tensor> weights_OI, std::vector<at::Tensor> biases_O, DataType compute)
    : weights_OI_(std::move(weights_OI)), biases_O_(std::move(biases_O)), compute_(compute) {}

at::Tensor TrainedLinear::weight_OI() const {
    return stacked(weights_OI_);
}

at::Tensor TrainedLinear::bias_O() const {
    return biases_O_.empty() ? at::Tensor() : stacked(biases_O_);
}

at::Tensor TrainedLinear::apply(const at::Tensor& x_NI) const {
    return trained_linear(x_NI, weight_OI(), bias_O(), compute_);
}

at::Tensor TrainedLinear::apply(const at::Tensor& x_NI, Activation activation) const {
    return trained_activation(apply(x_NI), activation);
}

at::Tensor TrainedLinear::apply_plus(const at::Tensor& x_NI, const at::Tensor& z_NO) const {
    return apply(x_NI) + z_NO;
}

at::Tensor TrainedLinear::apply_gated(const at::Tensor& x_NI, const TrainedLinear& gate, Activation activation) const {
    return trained_gated_activation(gate.apply(x_NI), apply(x_NI), activation);
}

at::Tensor TrainedNorm::apply(const at::Tensor& x_ND) const {
    return trained_norm(x_ND, gain_D, bias_D, kind, epsilon);
}

at::Tensor TrainedNorm::apply_plus(const at::Tensor& x_ND, const at::Tensor& z_ND) const {
    return apply(x_ND) + z_ND;
}

TrainedWeights trained_weights(const ModelConfig& config, const Parameters& parameters, DataType compute) {
    const Assembler assembler(config, parameters, compute);
    TrainedWeights out;
    out.embedding_VD = assembler.value(Weight::kEmbedding);
    out.position_PD = assembler.value(Weight::kPositionEmbedding);
    out.token_type_SD = assembler.value(Weight::kTokenTypeEmbedding);
    out.embedding_norm = assembler.norm(config.norm, Weight::kEmbeddingNorm, Weight::kEmbeddingNormBias);
    for (std::int64_t layer = 0; layer < config.n_layers; ++layer)
        out.layers.push_back(assemble_layer<TrainedLayer>(assembler, config, layer));
    out.final_norm = assembler.norm(config.norm, Weight::kFinalNorm, Weight::kFinalNormBias);
    out.head = assemble_head<TrainedHead>(assembler, config);
    return out;
}

}  // namespace gatescope
