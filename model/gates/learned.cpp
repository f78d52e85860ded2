// Shapes: T token, D d_model, H query head, Q query of a block, K key, C channel of the gate, R half of them.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/pow.h>

#include <cmath>
#include <map>
#include <span>

#include "model/core/error.h"
#include "model/gates/gate.h"
#include "model/gates/gate_file.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

GateFile open_file(const GateTerm& term) {
    constexpr auto kHeads = GateDimension::kHeads, kModel = GateDimension::kModel, kGate = GateDimension::kGate;
    return {
        text(term.values, "file"), "learned", {{"query", {kHeads, kModel, kGate}}, {"key", {kHeads, kModel, kGate}}}};
}

// Half-split pairs of all channels turn by position * base^(-2r / C).
at::Tensor rotated(const at::Tensor& x_HTC, double base) {
    const std::int64_t width = x_HTC.size(2), half = width / 2;
    const at::Tensor turn_R =
        at::pow(base, at::arange(0, width, 2, x_HTC.options()).mul(-1.0 / static_cast<double>(width)));
    const at::Tensor angle_TR = at::arange(x_HTC.size(1), x_HTC.options()).unsqueeze(1).mul(turn_R);
    const at::Tensor cos_TR = angle_TR.cos(), sin_TR = angle_TR.sin();
    const at::Tensor first = x_HTC.narrow(2, 0, half), second = x_HTC.narrow(2, half, half);
    return at::cat({first.mul(cos_TR).sub(second.mul(sin_TR)), second.mul(cos_TR).add(first.mul(sin_TR))}, 2);
}

// g_ij = (x_i A_h) . (x_j B_h) / sqrt(C), A and B from a file.
class Learned final : public Gate {
  public:
    explicit Learned(const GateTerm& term) : file_(open_file(term)), rope_(flag(term.values, "rope")) {}

    void prepare(const LayerInput& layer, const GateContext&) override {
        const Arrays& arrays = arrays_of(layer);
        const at::Tensor x_TD = layer.x_TD.to(at::kFloat);
        query_HTC_ = at::matmul(x_TD, arrays.query_HDC);
        key_HTC_ = at::matmul(x_TD, arrays.key_HDC);
        if (!rope_) return;
        query_HTC_ = rotated(query_HTC_, layer.rope_base);
        key_HTC_ = rotated(key_HTC_, layer.rope_base);
    }

    GateEffect apply(const QueryBlock& block) const override {
        const std::int64_t n_heads = block.scores_HQK.size(0);
        const at::Tensor query_HQC = query_HTC_.narrow(0, block.head_begin, n_heads)
                                         .slice(1, block.query_begin, block.query_end)
                                         .div(std::sqrt(static_cast<double>(file_.gate_dim())));
        const at::Tensor key_HKC = key_HTC_.narrow(0, block.head_begin, n_heads).slice(1, 0, block.scores_HQK.size(2));
        return KeyRanking{at::matmul(query_HQC, key_HKC.transpose(1, 2))};
    }

  private:
    struct Arrays {
        at::Tensor query_HDC, key_HDC;
    };

    // Read when the layer first comes by.
    const Arrays& arrays_of(const LayerInput& layer) {
        auto found = layers_.find(layer.layer);
        if (found == layers_.end())
            found = layers_.emplace(layer.layer, Arrays{array(layer, "query"), array(layer, "key")}).first;
        return found->second;
    }

    at::Tensor array(const LayerInput& layer, const char* name) const {
        const std::vector<std::int64_t> shape = file_.shape(layer.layer, name);
        if (shape[0] != layer.q_HTE.size(0) || shape[1] != layer.x_TD.size(1))
            throw Failure(FailureKind::kBadFile, "doesn't fit the model", "layers." + std::to_string(layer.layer));
        std::vector<float> values = file_.read(layer.layer, name);
        return at::from_blob(values.data(), shape, at::TensorOptions().dtype(at::kFloat))
            .to(layer.x_TD.device(), at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    }

    GateFile file_;
    bool rope_;
    std::map<std::int64_t, Arrays> layers_;
    at::Tensor query_HTC_, key_HTC_;
};

void check_file(const GateTerm& term, const GateModel& model) {
    const GateFile file = open_file(term);
    file.check(model, term.layers, flag(term.values, "other_model"));
    if (!flag(term.values, "rope")) return;
    if (model.config.learned_positions)
        throw Failure(FailureKind::kUnsupported, "the model doesn't rotate positions", "gate learned",
                      "leave rope=1 out");
    if (file.gate_dim() % 2 != 0)
        throw Failure(FailureKind::kBadFile, "an odd number of channels can't be rotated in pairs",
                      text(term.values, "file"), "leave rope=1 out");
}

}  // namespace

GateEntry learned_gate() {
    GateEntry entry;
    entry.info = {
        .id = "learned",
        .label = "Learned",
        .help = "Keeps the k keys that a trained bilinear gate ranks highest.",
        .granularity = "key",
        .source = "routing absorption",
        .params = {keys_param(), file_param(), sinks_param(), local_param(), rope_param(), other_model_param()},
        .traits = {.trainable = true, .needs_file = true}};
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> { return std::make_unique<Learned>(term); };
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "k"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["k"] = k; };
    entry.check_file = check_file;
    return entry;
}

}  // namespace gatescope
