// C direction, V id, T token, D d_model, E d_head.
#include "analysis/spectra/components.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "analysis/result_id.h"
#include "analysis/spectra/component_sides.h"
#include "analysis/spectra/layer_inputs.h"
#include "model/core/error.h"
#include "model/kernels/head_factors.h"
#include "model/kernels/kernel_components.h"
#include "model/kernels/kernel_reader.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::int64_t kSliceRows = 4096;  // of the embedding

void check_below(std::int64_t value, std::int64_t count, const std::string& what) {
    if (value < 0 || value >= count)
        throw Failure(FailureKind::kUsage, "there is no " + what + " " + std::to_string(value), {},
                      "the model has 0-" + std::to_string(count - 1));
}

void check_count(std::int64_t value, std::int64_t most, const std::string& what) {
    if (value < 1 || value > most)
        throw Failure(FailureKind::kUsage, std::to_string(value) + " " + what + " are not allowed", {},
                      "1 to " + std::to_string(most) + " are");
}

// Numbers may be finite and still too large to be multiplied; what is none has no order and no place.
void check_finite(const at::Tensor& values, const std::string& what, const std::string& hint) {
    if (!at::isfinite(values).all().item<bool>())
        throw Failure(FailureKind::kUnsupported, what + " not finite", {}, hint);
}

KernelComponents kernel_of(const CheckpointReader& checkpoint, const ModelConfig& config,
                           const ComponentsRequest& request) {
    const LayerProjections layer = KernelReader(checkpoint, config).read(request.layer);
    const auto [a_ED, b_ED] = head_factors(layer, config, request.head, false, request.delta);
    return components_of(a_ED, b_ED, request.count);
}

// Ids beyond the tokenizer's are no tokens: rows that round the matrix up.
std::int64_t vocabulary_size(const ModelConfig& config, const Tokenizer* tokenizer) {
    if (tokenizer == nullptr) return config.d_vocab;
    return std::min(config.d_vocab, std::max<std::int64_t>(1, static_cast<std::int64_t>(tokenizer->size())));
}

at::Tensor loadings_of(const LayerInputs& inputs, const at::Tensor& directions_CD, std::int64_t n_ids,
                       JobContext& job) {
    at::Tensor out_CV = at::empty({directions_CD.size(0), n_ids}, at::kFloat);
    for (std::int64_t first = 0; first < n_ids; first += kSliceRows) {
        job.tick(static_cast<double>(first));
        const std::int64_t count = std::min(kSliceRows, n_ids - first);
        out_CV.narrow(1, first, count).copy_(at::matmul(directions_CD, inputs.of_vocabulary(first, count).t()));
    }
    inputs.release();
    job.tick(static_cast<double>(n_ids));
    check_finite(out_CV, "the vocabulary's loadings are", "check the weights");
    return out_CV;
}

std::vector<float> numbers(const at::Tensor& direction_D) {
    const at::Tensor values_D = direction_D.to(at::kFloat).contiguous();
    const float* first = values_D.const_data_ptr<float>();
    return {first, first + values_D.numel()};
}

// Turns what is known of a kernel into plain results.
class Report {
  public:
    Report(const KernelComponents& kernel, const at::Tensor& loadings_CV, const ComponentsRequest& request,
           const Tokenizer* tokenizer)
        : kernel_(kernel), loadings_CV_(loadings_CV), request_(request), tokenizer_(tokenizer) {}

    std::shared_ptr<const HeadComponents> make() const {
        auto out = std::make_shared<HeadComponents>();
        out->id = next_result_id();
        out->request = request_;
        out->skew_fraction = static_cast<float>(kernel_.skew_energy / (kernel_.skew_energy + kernel_.symmetric_energy));
        for (std::int64_t plane = 0; plane < n_planes_; ++plane) out->planes.push_back(this->plane(plane));
        for (std::int64_t axis = 0; axis < kernel_.axis_A.size(0); ++axis) out->axes.push_back(this->axis(axis));
        return out;
    }

  private:
    HeadComponent plane(std::int64_t n) const {
        const auto value = kernel_.plane_P[n].item<double>();
        HeadComponent out;
        out.value = static_cast<float>(value);
        out.share = static_cast<float>(2 * value * value / kernel_.skew_energy);
        out.directions = {numbers(kernel_.u_PD[n]), numbers(kernel_.v_PD[n])};
        out.sides = {side(n, true), side(n_planes_ + n, true), side(n, false), side(n_planes_ + n, false)};
        return out;
    }

    HeadComponent axis(std::int64_t n) const {
        const auto value = kernel_.axis_A[n].item<double>();
        HeadComponent out;
        out.routing = false;
        out.value = static_cast<float>(value);
        out.share = static_cast<float>(value * value / kernel_.symmetric_energy);
        out.directions = {numbers(kernel_.w_AD[n])};
        out.sides = {side(2 * n_planes_ + n, true), side(2 * n_planes_ + n, false)};
        return out;
    }

    ComponentSide side(std::int64_t direction, bool positive) const {
        return side_of(loadings_CV_[direction], positive, request_.tokens, tokenizer_);
    }

    const KernelComponents& kernel_;
    const at::Tensor& loadings_CV_;
    const ComponentsRequest& request_;
    const Tokenizer* tokenizer_;
    std::int64_t n_planes_ = kernel_.plane_P.size(0);
};

// Of x on u and v, or on w.
std::vector<std::array<float, 2>> projected(const at::Tensor& x_TD, const HeadComponent& component) {
    std::vector<std::array<float, 2>> out(static_cast<std::size_t>(x_TD.size(0)), {0.0F, 0.0F});
    for (std::size_t n = 0; n < component.directions.size(); ++n) {
        const std::vector<float>& direction = component.directions[n];
        at::Tensor direction_D = at::empty({static_cast<std::int64_t>(direction.size())}, at::kFloat);
        std::copy(direction.begin(), direction.end(), direction_D.data_ptr<float>());
        const at::Tensor along_T = at::matmul(x_TD, direction_D);
        check_finite(along_T, "the window's tokens on a component are", "check the weights");
        const std::vector<float> values = numbers(along_T);
        for (std::size_t t = 0; t < out.size(); ++t) out[t][n] = values[t];
    }
    return out;
}

}  // namespace

void check_components(const ComponentsRequest& request, const ModelConfig& config) {
    check_below(request.layer, config.n_layers, "layer");
    check_below(request.head, config.n_heads, "head");
    check_count(request.count, kMostComponents, "components");
    check_count(request.tokens, kMostComponentTokens, "tokens a side");
    check_offset(config, request.delta);
}

std::shared_ptr<const HeadComponents> head_components(const CheckpointReader& checkpoint, const ModelConfig& config,
                                                      const Tokenizer* tokenizer, const ComponentsRequest& request,
                                                      JobContext& job) {
    const c10::InferenceMode inference;
    check_components(request, config);
    const std::int64_t n_ids = vocabulary_size(config, tokenizer);
    job.begin("Components of layer " + std::to_string(request.layer) + ", head " + std::to_string(request.head),
              "tokens", static_cast<double>(n_ids));
    KernelComponents kernel = kernel_of(checkpoint, config, request);
    const LayerInputs inputs(checkpoint, config, request.layer);
    const at::Tensor loadings_CV = loadings_of(inputs, directions_of(kernel), n_ids, job);
    turn_to(kernel, loadings_CV);
    return Report(kernel, loadings_CV, request, tokenizer).make();
}

std::shared_ptr<const HeadComponents> with_window(const HeadComponents& components, const CheckpointReader& checkpoint,
                                                  Transformer& model, std::int64_t window,
                                                  std::span<const std::int32_t> ids, JobContext& job) {
    const c10::InferenceMode inference;
    const std::int64_t layer = components.request.layer;
    const at::Tensor resid_TD = model.forward({.ids = ids, .window = window, .end = layer}, job);
    const at::Tensor x_TD = LayerInputs(checkpoint, model.config(), layer).of_stream(resid_TD);
    check_finite(x_TD, "the input of layer " + std::to_string(layer) + " is",
                 model.dtype() == DataType::kFloat32 ? "" : "try float32");
    auto out = std::make_shared<HeadComponents>(components);
    out->id = next_result_id();
    out->request.window = window;
    out->ids.assign(ids.begin(), ids.end());
    for (std::vector<HeadComponent>* part : {&out->planes, &out->axes})
        for (HeadComponent& component : *part) component.tokens = projected(x_TD, component);
    return out;
}

}  // namespace gatescope
