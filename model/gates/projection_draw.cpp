#include "model/gates/projection_draw.h"

#include <cmath>

#include "model/gates/random_arrays.h"

namespace gatescope {
namespace {

double frobenius_norm(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(sum);
}

}  // namespace

void draw_projection(const ProjectionDraw& draw, std::span<const float> learned, std::span<float> out) {
    const std::uint32_t array = draw.projection == Projection::kQuery ? kQueryProjectionArray : kKeyProjectionArray;
    fill_normals({draw.seed, draw.layer, draw.head, array}, 1.0, out);
    const double drawn = frobenius_norm(out), scale = drawn > 0 ? frobenius_norm(learned) / drawn : 0.0;
    for (float& value : out) value = static_cast<float>(static_cast<double>(value) * scale);
}

}  // namespace gatescope
