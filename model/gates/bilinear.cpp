#include "model/gates/bilinear.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/pow.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/core/error.h"
#include "model/transformer/trained/linear_function.h"
#include "model/transformer/trained/sigmoid_bias.h"

namespace gatescope {
// Pairs (r, r + C / 2) turn by position * base^(-2r / C); R is C / 2.
at::Tensor rotated(const at::Tensor& x_HTC, double base, double direction) {
    const std::int64_t width = x_HTC.size(2), half = width / 2;
    const at::TensorOptions options = x_HTC.options().requires_grad(false);
    const at::Tensor turn_R = at::pow(base, at::arange(0, width, 2, options).mul(-1.0 / static_cast<double>(width)));
    const at::Tensor angle_TR = at::arange(x_HTC.size(1), options).unsqueeze(1).mul(turn_R);
    const at::Tensor cos_TR = angle_TR.cos(), sin_TR = angle_TR.sin() * direction;
    const at::Tensor first = x_HTC.narrow(2, 0, half), second = x_HTC.narrow(2, half, half);
    return at::cat({first * cos_TR - second * sin_TR, second * cos_TR + first * sin_TR}, 2);
}

namespace {

// [2 H C, D]: A's columns of all heads, then B's.
at::Tensor side_by_side(const BilinearArrays& arrays) {
    const auto columns_OD = [](const at::Tensor& array_HDC) { return array_HDC.transpose(1, 2).flatten(0, 1); };
    return at::cat({columns_OD(arrays.query_HDC), columns_OD(arrays.key_HDC)});
}

}  // namespace

at::Tensor head_projection(const at::Tensor& x_TD, const at::Tensor& array_HDC) {
    const std::int64_t n_heads = array_HDC.size(0), d_model = array_HDC.size(1), width = array_HDC.size(2);
    const at::Tensor side_by_side = array_HDC.permute({1, 0, 2}).reshape({d_model, n_heads * width});
    return at::mm(x_TD, side_by_side).view({x_TD.size(0), n_heads, width}).transpose(0, 1);
}

GateSides bilinear_sides(const at::Tensor& x_TD, const BilinearArrays& arrays, double rope_base) {
    const double shrink = 1.0 / std::sqrt(static_cast<double>(arrays.query_HDC.size(2)));
    const at::Tensor x = x_TD.to(at::kFloat);
    GateSides sides{head_projection(x, arrays.query_HDC) * shrink, head_projection(x, arrays.key_HDC)};
    if (rope_base > 0) sides = {rotated(sides.query_HTC, rope_base), rotated(sides.key_HTC, rope_base)};
    return sides;
}

at::Tensor bilinear_scores(const at::Tensor& query_HQC, const at::Tensor& key_HKC) {
    return at::bmm(query_HQC, key_HKC.transpose(1, 2));
}

BilinearGate::BilinearGate(Source source, Use use, bool rope) : source_(std::move(source)), use_(use), rope_(rope) {}

void BilinearGate::prepare(const LayerInput& layer, const GateContext& context) {
    if (rope_ && layer.rope_base <= 0)
        throw Failure(FailureKind::kUnsupported, "the model doesn't rotate positions", {}, "leave rope=1 out");
    trains_ = context.trains;
    if (trains_) return prepare_trained(layer, context.place);
    auto found = layers_.find(layer.layer);
    if (found == layers_.end()) found = layers_.emplace(layer.layer, Linear(side_by_side(source_(layer)))).first;
    const at::Tensor both_T2HC =
        found->second.apply(layer.x_TD.to(at::kFloat)).view({layer.x_TD.size(0), 2, layer.q_HTE.size(0), -1});
    const auto side = [&](std::int64_t which) {
        const at::Tensor side_HTC = both_T2HC.select(1, which).transpose(0, 1);
        return (rope_ ? rotated(side_HTC, layer.rope_base) : side_HTC).contiguous();
    };
    sides_ = {side(0), side(1)};
    sides_.query_HTC.mul_(1.0 / std::sqrt(static_cast<double>(sides_.query_HTC.size(2))));
}

// One product for all windows: a window's alone is too small to keep two cores at work.
void BilinearGate::begin_batch(const LayerInput& layer, const at::Tensor& x_BTD) {
    auto found = trained_.find(layer.layer);
    if (found == trained_.end()) found = trained_.emplace(layer.layer, source_(layer)).first;
    const at::Tensor both =
        trained_linear(x_BTD.flatten(0, 1).to(at::kFloat), side_by_side(found->second), {}, DataType::kFloat32);
    batch_T2HC_ = both.view({x_BTD.size(0), x_BTD.size(1), 2, layer.q_HTE.size(0), -1}).unbind(0);
}

void BilinearGate::prepare_trained(const LayerInput& layer, std::int64_t place) {
    if (place < 0) begin_batch(layer, layer.x_TD.unsqueeze(0));
    reach_ = layer.reach;
    const at::Tensor& both_T2HC = batch_T2HC_.at(static_cast<std::size_t>(std::max<std::int64_t>(place, 0)));
    const std::vector<at::Tensor> sides = both_T2HC.permute({1, 2, 0, 3}).unbind(0);
    sides_ = {sides[0], sides[1]};
    if (rope_) sides_ = {rotated(sides_.query_HTC, layer.rope_base), rotated(sides_.key_HTC, layer.rope_base)};
}

// Of all queries at once, as training asks.
GateEffect BilinearGate::apply_trained() const {
    const double shrink = 1.0 / std::sqrt(static_cast<double>(sides_.query_HTC.size(2)));
    if (use_ == Use::kBias) return ScoreBias{sigmoid_bias(sides_.query_HTC, sides_.key_HTC, shrink, reach_)};
    return KeyRanking{bilinear_scores(sides_.query_HTC * shrink, sides_.key_HTC)};
}

GateEffect BilinearGate::apply(const QueryBlock& block) const {
    if (trains_) return apply_trained();
    const std::int64_t n_heads = block.scores_HQK.size(0);
    const at::Tensor scores_HQK = bilinear_scores(
        sides_.query_HTC.narrow(0, block.head_begin, n_heads).slice(1, block.query_begin, block.query_end),
        sides_.key_HTC.narrow(0, block.head_begin, n_heads).slice(1, 0, block.scores_HQK.size(2)));
    if (use_ == Use::kRanking) return KeyRanking{scores_HQK};
    return ScoreBias{at::log_sigmoid(scores_HQK)};
}

}  // namespace gatescope
