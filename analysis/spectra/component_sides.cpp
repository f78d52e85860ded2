#include "analysis/spectra/component_sides.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/mean.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/tokenizer/piece_or_id.h"

namespace gatescope {
namespace {

// u' = cos u + sin v, v' = cos v - sin u: a turn, so that the plane's u v^T - v u^T stays as it is.
void turn(const at::Tensor& u, const at::Tensor& v, double angle) {
    const at::Tensor turned_u = u * std::cos(angle) + v * std::sin(angle);
    v.copy_(v * std::cos(angle) - u * std::sin(angle));
    u.copy_(turned_u);
}

// Of the direction of most variance.
double principal_angle(const at::Tensor& a_V, const at::Tensor& b_V) {
    const at::Tensor a = a_V.to(at::kDouble) - at::mean(a_V.to(at::kDouble));
    const at::Tensor b = b_V.to(at::kDouble) - at::mean(b_V.to(at::kDouble));
    const double both = (a * b).sum().item<double>();
    return 0.5 * std::atan2(2.0 * both, ((a - b) * (a + b)).sum().item<double>());
}

bool leans_to_minus(const at::Tensor& loading_V) {
    return -loading_V.min().item<float>() > loading_V.max().item<float>();
}

}  // namespace

at::Tensor directions_of(const KernelComponents& kernel) {
    return at::cat({kernel.u_PD, kernel.v_PD, kernel.w_AD}, 0).to(at::kFloat);
}

void turn_to(KernelComponents& kernel, const at::Tensor& loadings_CV) {
    const std::int64_t planes = kernel.plane_P.size(0), axes = kernel.axis_A.size(0);
    for (std::int64_t plane = 0; plane < planes; ++plane) {
        const at::Tensor a_V = loadings_CV.select(0, plane), b_V = loadings_CV.select(0, planes + plane);
        const at::Tensor u_D = kernel.u_PD.select(0, plane), v_D = kernel.v_PD.select(0, plane);
        const double angle = principal_angle(a_V, b_V);
        turn(u_D, v_D, angle);
        turn(a_V, b_V, angle);
        if (!leans_to_minus(a_V)) continue;
        for (const at::Tensor& part : {a_V, b_V, u_D, v_D}) part.neg_();
    }
    for (std::int64_t axis = 0; axis < axes; ++axis) {
        const at::Tensor loading_V = loadings_CV.select(0, 2 * planes + axis);
        if (!leans_to_minus(loading_V)) continue;
        loading_V.neg_();
        kernel.w_AD.select(0, axis).neg_();
    }
}

ComponentSide side_of(const at::Tensor& loading_V, bool positive, std::int64_t count, const Tokenizer* tokenizer) {
    const at::Tensor contiguous_V = loading_V.contiguous();
    const float* values = contiguous_V.const_data_ptr<float>();
    const float sign = positive ? 1.0F : -1.0F;
    std::vector<std::int32_t> ids(static_cast<std::size_t>(contiguous_V.numel()));
    std::iota(ids.begin(), ids.end(), 0);
    const auto before = [&](std::int32_t one, std::int32_t other) {
        const float first = sign * values[one], second = sign * values[other];
        return first != second ? first > second : one < other;
    };
    const auto kept = ids.begin() + std::min<std::int64_t>(count, std::ssize(ids));
    std::nth_element(ids.begin(), kept, ids.end(), before);
    std::sort(ids.begin(), kept, before);
    ComponentSide out;
    std::for_each(ids.begin(), kept, [&](std::int32_t id) {
        out.push_back({id, piece_or_id(tokenizer, id), sign * values[id]});
    });
    return out;
}

}  // namespace gatescope
