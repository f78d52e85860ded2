// Householder's reflections, as for a symmetric matrix: with H = 1 - t v v^T and p = t S v, H S H = S + v p^T - p v^T,
// since v^T S v = 0. Rows above the diagonal are contiguous, so that all loops run along them.
#include "model/kernels/skew_values.h"

#include <cmath>

#include "model/core/cpu_clones.h"

namespace gatescope {
namespace {

GATESCOPE_INLINE double dot(const double* a, const double* b, std::int64_t count) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t n = 0; n < count; ++n) sum += a[n] * b[n];
    return sum;
}

// p = t S v of the trailing matrix, whose first row above the diagonal starts at `s`.
GATESCOPE_INLINE void multiply(const double* s, std::int64_t stride, const double* v, double t, double* p,
                               std::int64_t count) {
    for (std::int64_t n = 0; n < count; ++n) p[n] = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const double* const row = s + i * stride;
        const double vi = v[i];
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = i + 1; j < count; ++j) {
            sum += row[j] * v[j];
            p[j] -= row[j] * vi;
        }
        p[i] += sum;
    }
    for (std::int64_t n = 0; n < count; ++n) p[n] *= t;
}

GATESCOPE_INLINE void update(double* s, std::int64_t stride, const double* v, const double* p, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        double* const row = s + i * stride;
        const double vi = v[i], pi = p[i];
#pragma omp simd
        for (std::int64_t j = i + 1; j < count; ++j) row[j] += vi * p[j] - pi * v[j];
    }
}

GATESCOPE_CPU_CLONES void reduce(double* s, std::int64_t size, double* p, double* off_diagonal) {
    for (std::int64_t k = 0; k + 1 < size; ++k) {
        const std::int64_t count = size - k - 1;
        double* const v = s + k * size + k + 1;  // the row, and in its place the reflection's direction
        const double norm = std::sqrt(dot(v, v, count));
        off_diagonal[k] = norm;
        if (count == 1 || norm == 0) continue;
        v[0] += v[0] < 0 ? -norm : norm;
        double* const rest = s + (k + 1) * size + k + 1;
        multiply(rest, size, v, 2.0 / dot(v, v, count), p, count);
        update(rest, size, v, p, count);
    }
}

}  // namespace

std::vector<double> skew_tridiagonal(std::span<double> upper, std::int64_t size) {
    std::vector<double> out(static_cast<std::size_t>(size > 0 ? size - 1 : 0)), p(static_cast<std::size_t>(size));
    reduce(upper.data(), size, p.data(), out.data());
    return out;
}

}  // namespace gatescope
