#include "analysis/means_pass.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/zeros.h>

#include "model/gates/layer_scores.h"

namespace gatescope {
namespace {

RunRequest bare(RunRequest request) {
    request.concentration = request.patterns = request.agreement = request.masks = false;
    request.spectra = {};
    return request;
}

}  // namespace

void MeansRecorder::begin_window(std::int64_t, std::span<const std::int32_t> ids) {
    tokens_ = static_cast<std::int64_t>(ids.size());
    window_.clear();
}

void MeansRecorder::on_layer(const LayerInput& input) {
    const at::TensorOptions options = input.v_GTE.options().dtype(at::kDouble);
    window_[input.layer] = {input.v_GTE.clone(), at::zeros({input.q_HTE.size(0), input.q_HTE.size(1)}, options)};
}

void MeansRecorder::on_block(const PatternBlock& block) {
    window_.at(block.layer)
        .weight_HK.narrow(1, 0, block.pattern_HQK.size(2))
        .add_(block.pattern_HQK.sum(1, /*keepdim=*/false, at::kDouble));
}

void MeansRecorder::commit() {
    for (const auto& [number, layer] : window_) {
        const at::Tensor v_HTE = for_query_heads(layer.v_GTE.to(at::kDouble), layer.weight_HK.size(0));
        const at::Tensor z_HE = at::bmm(layer.weight_HK.unsqueeze(1), v_HTE).squeeze(1);
        at::Tensor& sum_HE = sum_HE_[number];
        sum_HE = sum_HE.defined() ? sum_HE + z_HE : z_HE;
    }
    total_tokens_ += tokens_;
    begin_window(0, {});
}

std::shared_ptr<const HeadMeans> MeansRecorder::means() const {
    auto out = std::make_shared<HeadMeans>();
    for (const auto& [layer, sum_HE] : sum_HE_)
        out->z_HE[layer] = sum_HE.div(static_cast<double>(total_tokens_)).to(at::kFloat);
    return out;
}

MeansPass::MeansPass(const RunRequest& request, const ModelConfig& model, std::int64_t windows)
    : windows_(windows), pass_(bare(request), model, {}, request.window_length) {}

bool MeansPass::step(Transformer& model, const WindowOfText& window, JobContext& job) {
    StreamCache of_its_own(0);
    pass_.run(model, window, {&recorder_}, of_its_own, job);
    if (pass_.done() == windows_) means_ = recorder_.means();
    return means_ == nullptr;
}

}  // namespace gatescope
