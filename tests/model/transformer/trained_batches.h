#pragma once
// Small batches and parameters that tests train on.

#include <ATen/TensorOperators.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "model/families/families.h"
#include "model/transformer/trained_decoder.h"
#include "tests/model/transformer/family_checkpoints.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope::testing_support {

struct TrainWindows {
    std::int64_t windows = 0, length = 0;
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> numbers;

    TrainWindows(std::int64_t n_windows, std::int64_t n_tokens, std::int64_t d_vocab)
        : windows(n_windows), length(n_tokens), numbers(static_cast<std::size_t>(n_windows)) {
        for (std::int64_t n = 0; n < windows * length; ++n)
            ids.push_back(static_cast<std::int32_t>((n * n * 7 + 3 * n) % d_vocab));
        std::iota(numbers.begin(), numbers.end(), 0);
    }

    std::span<const std::int32_t> window(std::int64_t number) const {
        return std::span(ids).subspan(static_cast<std::size_t>(number * length), static_cast<std::size_t>(length));
    }
    TrainBatch batch(GateRun* gate = nullptr) const {
        TrainBatch out;
        out.windows = windows;
        out.length = length;
        out.ids = ids;
        out.numbers = numbers;
        out.gate = gate;
        return out;
    }
};

struct TrainedModel {
    ModelConfig config;
    Parameters parameters;
};

inline TrainedModel family_parameters(const std::string& name) {
    JobContext job;
    const std::shared_ptr<const CheckpointReader> checkpoint = open_family_checkpoint(name);
    TrainedModel out{read_config(*checkpoint), {}};
    out.parameters = load_parameters(checkpoint, out.config, at::kCPU, job);
    return out;
}

inline double loss_of(const TrainedModel& model, const TrainBatch& batch, DataType compute = DataType::kFloat32) {
    JobContext job;
    return TrainedDecoder(model.config, model.parameters, at::kCPU, compute).loss(batch, job).item<double>();
}

// Fills the gradients of the parameters.
inline double backward(TrainedModel& model, const TrainBatch& batch, DataType compute = DataType::kFloat32) {
    JobContext job;
    for (Parameter& parameter : model.parameters) parameter.value.mutable_grad() = at::Tensor();
    const at::Tensor loss = TrainedDecoder(model.config, model.parameters, at::kCPU, compute).loss(batch, job);
    loss.backward();
    return loss.item<double>();
}

// How far the slope of `loss` at `value`, along its gradient and a random direction, is from what the gradient says,
// relative to it: central differences of fourth order that
// change the loss by a few thousandths.
template <typename Loss>
double slope_error(const at::Tensor& value, const at::Tensor& gradient, const Loss& loss) {
    const double steepness = gradient.norm().template item<double>();
    const at::Tensor noise = random_tensor(value.sizes(), 11);
    const at::Tensor direction = gradient / steepness + noise * (0.5 / noise.norm().template item<double>());
    const double slope = (gradient * direction).sum().template item<double>();
    const at::Tensor at_work = value.detach(), before = at_work.clone();
    const auto at_step = [&](double step) {
        at_work.copy_(before + direction * step);
        return loss();
    };
    const double step = std::min(2e-3 / std::abs(slope), 0.01);
    const double near = at_step(step) - at_step(-step), far = at_step(2 * step) - at_step(-2 * step);
    at_work.copy_(before);
    return std::abs((8 * near - far) / (12 * step) - slope) / std::abs(slope);
}

}  // namespace gatescope::testing_support
