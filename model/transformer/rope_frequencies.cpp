#include "model/transformer/rope_frequencies.h"

#include <cmath>
#include <numbers>

namespace gatescope {
namespace {

// "NTK-aware": the base grows so that the slowest pair turns as far over the window as it did over the trained one.
double base_for(const ModelConfig& config, std::int64_t length) {
    if (!rope_depends_on_length(config, length)) return config.rope_base;
    const double factor = config.rope_scaling.factor, dims = static_cast<double>(config.rope_dims);
    const double stretch = static_cast<double>(length) / static_cast<double>(config.rope_scaling.original_positions);
    return config.rope_base * std::pow(factor * stretch - (factor - 1.0), dims / (dims - 2.0));
}

// Llama 3: pairs that turn slowly over the trained length are slowed by the factor, fast ones stay, those between are
// blended.
float llama3_frequency(float frequency, const RopeScaling& scaling) {
    const auto trained = static_cast<float>(scaling.original_positions), factor = static_cast<float>(scaling.factor);
    const auto low = static_cast<float>(scaling.low_frequency_factor);
    const auto high = static_cast<float>(scaling.high_frequency_factor);
    const float wavelength = 2.0F * std::numbers::pi_v<float> / frequency;
    if (wavelength > trained / low) return frequency / factor;
    if (wavelength < trained / high) return frequency;
    const float smooth = (trained / wavelength - low) / (high - low);
    return (1.0F - smooth) * frequency / factor + smooth * frequency;
}

float scaled(float frequency, const RopeScaling& scaling) {
    switch (scaling.kind) {
        case RopeScaling::Kind::kLinear:
            return frequency / static_cast<float>(scaling.factor);
        case RopeScaling::Kind::kLlama3:
            return llama3_frequency(frequency, scaling);
        case RopeScaling::Kind::kNone:
        case RopeScaling::Kind::kDynamic:
            break;
    }
    return frequency;
}

}  // namespace

bool rope_depends_on_length(const ModelConfig& config, std::int64_t length) {
    return config.rope_scaling.kind == RopeScaling::Kind::kDynamic && config.rope_dims > 2 &&
           length > config.rope_scaling.original_positions;
}

std::vector<float> rope_frequencies(const ModelConfig& config, std::int64_t length) {
    std::vector<float> out(static_cast<std::size_t>(config.rope_dims / 2));
    const auto base = static_cast<float>(base_for(config, length));
    for (std::size_t r = 0; r < out.size(); ++r) {
        const float exponent = static_cast<float>(2 * r) / static_cast<float>(config.rope_dims);
        out[r] = scaled(1.0F / std::pow(base, exponent), config.rope_scaling);
        if (!config.rope_divisors.empty()) out[r] /= static_cast<float>(config.rope_divisors[r]);
    }
    return out;
}

}  // namespace gatescope
