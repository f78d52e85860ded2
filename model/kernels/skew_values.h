#pragma once
// Singular values of skew-symmetric matrices, to full accuracy and faster than those of any other matrix. No torch.

#include <cstdint>
#include <span>
#include <vector>

namespace gatescope {

// Off-diagonal of the tridiagonal skew-symmetric matrix that `upper` [size, size] is an orthogonal turn of, up to
// signs: size - 1 numbers. Only what is above the diagonal is read, and overwritten.
std::vector<double> skew_tridiagonal(std::span<double> upper, std::int64_t size);

}  // namespace gatescope
