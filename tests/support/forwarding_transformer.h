#pragma once
// A transformer that passes everything on to another one: tests override what they want to see or to spoil.

#include "model/transformer/transformer.h"

namespace gatescope::testing_support {

class ForwardingTransformer : public Transformer {
  public:
    explicit ForwardingTransformer(Transformer& inner) : inner_(inner) {}
    const ModelConfig& config() const override { return inner_.config(); }
    std::string device() const override { return inner_.device(); }
    DataType dtype() const override { return inner_.dtype(); }
    std::uint64_t parameter_count() const override { return inner_.parameter_count(); }
    at::Tensor forward(const ForwardRequest& request, JobContext& job) override { return inner_.forward(request, job); }
    at::Tensor logits(const at::Tensor& hidden_TD) override { return inner_.logits(hidden_TD); }
    std::vector<float> token_nll(const at::Tensor& hidden_TD, std::span<const std::int32_t> ids,
                                 JobContext& job) override {
        return inner_.token_nll(hidden_TD, ids, job);
    }

  private:
    Transformer& inner_;
};

}  // namespace gatescope::testing_support
