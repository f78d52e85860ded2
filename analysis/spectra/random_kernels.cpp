// E d_head, D d_model.
#include "analysis/spectra/random_kernels.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/spectra/spectrum_tables.h"
#include "model/gates/random_arrays.h"
#include "model/kernels/kernel_spectrum.h"
#include "model/kernels/share_heads.h"

namespace gatescope {
namespace {

at::Tensor factor(std::int64_t d_head, std::int64_t d_model, const NormalStream& stream) {
    const at::Tensor out_ED = at::empty({d_head, d_model}, at::kFloat);
    fill_normals(stream, 1.0, {out_ED.data_ptr<float>(), static_cast<std::size_t>(out_ED.numel())});
    return out_ED.to(at::kDouble);
}

// A kernel scaled by a positive factor has the same figures and scaled values.
KernelSpectrum with_norm_one(KernelSpectrum spectrum) {
    double square = 0;
    for (const double value : spectrum.singular_values) square += value * value;
    const double norm = std::sqrt(square);
    for (std::vector<double>* values : {&spectrum.singular_values, &spectrum.skew_values, &spectrum.symmetric_values})
        for (double& value : *values) value /= norm;
    return spectrum;
}

struct Spread {
    double low = std::numeric_limits<double>::infinity(), sum = 0, high = -low;
    void add(double value) {
        low = std::min(low, value);
        sum += value;
        high = std::max(high, value);
    }
};

ControlBand band(const std::vector<KernelSpectrum>& draws, std::vector<double> KernelSpectrum::*values) {
    ControlBand out;
    for (std::size_t place = 0; place < (draws.front().*values).size(); ++place) {
        Spread spread;
        for (const KernelSpectrum& draw : draws) spread.add((draw.*values)[place]);
        out.low.push_back(static_cast<float>(spread.low));
        out.mean.push_back(static_cast<float>(spread.sum / static_cast<double>(draws.size())));
        out.high.push_back(static_cast<float>(spread.high));
    }
    return out;
}

std::map<std::string, std::array<float, 3>> figure_bands(const std::vector<KernelSpectrum>& draws) {
    std::map<std::string, Spread> spreads;
    for (const KernelSpectrum& draw : draws)
        for (const auto& [path, value] : figures_of(draw)) spreads[path].add(value);
    std::map<std::string, std::array<float, 3>> out;
    for (const auto& [path, spread] : spreads)
        out[path] = {static_cast<float>(spread.low), static_cast<float>(spread.sum / static_cast<double>(draws.size())),
                     static_cast<float>(spread.high)};
    return out;
}

}  // namespace

RandomKernels random_kernels(std::int64_t d_head, std::int64_t d_model, std::int64_t seed, JobContext& job) {
    RandomKernels out;
    std::vector<KernelSpectrum> draws(static_cast<std::size_t>(out.draws));
    share_heads(out.draws, [&](std::int64_t draw) {
        job.tick();
        draws[static_cast<std::size_t>(draw)] =
            with_norm_one(kernel_spectrum(factor(d_head, d_model, {seed, 0, draw, kLeftFactorArray}),
                                          factor(d_head, d_model, {seed, 0, draw, kRightFactorArray})));
    });
    out.whole = band(draws, &KernelSpectrum::singular_values);
    out.skew = band(draws, &KernelSpectrum::skew_values);
    out.symmetric = band(draws, &KernelSpectrum::symmetric_values);
    out.figures = figure_bands(draws);
    return out;
}

}  // namespace gatescope
