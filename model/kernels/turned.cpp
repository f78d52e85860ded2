#include "model/kernels/turned.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "model/transformer/rope_frequencies.h"

namespace gatescope {

at::Tensor turned(const at::Tensor& rows_HED, const ModelConfig& config, std::int64_t delta) {
    if (config.learned_positions || delta == 0) return rows_HED;
    const std::vector<float> frequencies = rope_frequencies(config, std::abs(delta) + 1);
    const auto half = static_cast<std::int64_t>(frequencies.size());
    const at::Tensor cos_R1 = at::empty({half, 1}, at::kDouble), sin_R1 = at::empty({half, 1}, at::kDouble);
    for (std::int64_t r = 0; r < half; ++r) {
        const double angle = static_cast<double>(delta) * static_cast<double>(frequencies[static_cast<std::size_t>(r)]);
        cos_R1.data_ptr<double>()[r] = std::cos(angle);
        sin_R1.data_ptr<double>()[r] = std::sin(angle);
    }
    const at::Tensor first = rows_HED.narrow(-2, 0, half), second = rows_HED.narrow(-2, half, half);
    const at::Tensor rest = rows_HED.narrow(-2, config.rope_dims, config.d_head - config.rope_dims);
    return at::cat({first * cos_R1 - second * sin_R1, second * cos_R1 + first * sin_R1, rest}, -2);
}

}  // namespace gatescope
