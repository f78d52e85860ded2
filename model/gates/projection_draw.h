#pragma once
// The control "random projections" of DEFINITIONS.md section 6: Gaussian matrices in place of a head's W_q and W_k, of
// equal Frobenius norm. The gate and the spectra draw the same ones.

#include <cstdint>
#include <span>

namespace gatescope {

enum class Projection { kQuery, kKey };

// Whose matrix: `head` is a query head, or a key/value head, whose keys several query heads share.
struct ProjectionDraw {
    std::int64_t seed = 0, layer = 0, head = 0;
    Projection projection = Projection::kQuery;
};

// Fills `out`, [d_head, d_model] row-major, with normal numbers scaled to the Frobenius norm of `learned`, the matrix
// as the checkpoint has it, no gain or scale in it. In canonical order of rows.
void draw_projection(const ProjectionDraw& draw, std::span<const float> learned, std::span<float> out);

}  // namespace gatescope
