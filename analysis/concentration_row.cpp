// Probabilities are handled as the integers of their bits, which order as they do. The masses of the k largest come
// level by level: the half with the larger probabilities is cut off (top_cut.h), then that half's larger half, and so
// on, so that all levels together cost twice the first; the last 32 are put in order by counting.
#include "analysis/concentration_row.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/concentration_columns.h"
#include "model/core/top_cut.h"

namespace gatescope {
namespace {

constexpr double kSupportShare = 0.9;
constexpr std::int64_t kChunk = 128;  // keys added up in float32 before the sum goes on in float64
constexpr std::int64_t kFew = 32;
constexpr std::int32_t kNothing = -1;  // below the bits of every probability

GATESCOPE_INLINE float value_of(std::int32_t bits) {
    return std::bit_cast<float>(bits);
}

// Sums over a row that need no order.
struct PlainSums {
    double mass = 0, gap = 0, distance = 0;  // sum of p, p (s_max - s), p |i - j|
    std::int32_t largest = 0;                // bits of the largest p
};

GATESCOPE_INLINE float largest_score(const float* scores, std::int64_t n) {
    float largest = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : largest)
    for (std::int64_t j = 0; j < n; ++j) largest = scores[j] > largest ? scores[j] : largest;
    return largest;
}

// `query` counts from the first of the n keys. Also copies the row's bits to `keys`.
GATESCOPE_INLINE PlainSums plain_sums(const float* pattern, const float* scores, std::int64_t n, std::int64_t query,
                                      std::int32_t* keys) {
    PlainSums sums;
    const float top = largest_score(scores, n);
    for (std::int64_t begin = 0; begin < n; begin += kChunk) {
        const auto end = static_cast<std::int32_t>(begin + kChunk < n ? begin + kChunk : n);
        float mass = 0, gap = 0, distance = 0;
        std::int32_t largest = 0;
#pragma omp simd reduction(+ : mass, gap, distance) reduction(max : largest)
        for (std::int32_t j = static_cast<std::int32_t>(begin); j < end; ++j) {
            const float p = pattern[j];
            const std::int32_t bits = std::bit_cast<std::int32_t>(p);
            keys[j] = bits;
            largest = bits > largest ? bits : largest;
            mass += p;
            gap += p * (top - scores[j]);
            distance += p * std::fabs(static_cast<float>(static_cast<std::int32_t>(query) - j));
        }
        sums.mass += static_cast<double>(mass);
        sums.gap += static_cast<double>(gap);
        sums.distance += static_cast<double>(distance);
        sums.largest = largest > sums.largest ? largest : sums.largest;
    }
    return sums;
}

GATESCOPE_INLINE double mass_of(const std::int32_t* keys, std::int64_t n) {
    double total = 0;
    for (std::int64_t begin = 0; begin < n; begin += kChunk) {
        const std::int64_t end = begin + kChunk < n ? begin + kChunk : n;
        float mass = 0;
#pragma omp simd reduction(+ : mass)
        for (std::int64_t j = begin; j < end; ++j) mass += value_of(keys[j]);
        total += static_cast<double>(mass);
    }
    return total;
}

// Number and mass of the keys above a bound.
struct Above {
    std::int64_t count = 0;
    double mass = 0;
};

GATESCOPE_INLINE Above above(const std::int32_t* keys, std::int64_t n, std::int32_t bound) {
    Above out;
    for (std::int64_t begin = 0; begin < n; begin += kChunk) {
        const std::int64_t end = begin + kChunk < n ? begin + kChunk : n;
        float mass = 0;
        std::int32_t count = 0;
#pragma omp simd reduction(+ : mass, count)
        for (std::int64_t j = begin; j < end; ++j) {
            const bool in = keys[j] > bound;
            mass += in ? value_of(keys[j]) : 0.0f;
            count += in ? 1 : 0;
        }
        out.mass += static_cast<double>(mass);
        out.count += count;
    }
    return out;
}

// The least number of keys with 0.9 of the mass, where the keys above `high` hold less and all n hold it.
GATESCOPE_INLINE std::int64_t support_between(const std::int32_t* keys, std::int64_t n, std::int32_t high_bound) {
    std::int64_t low = kNothing, high = high_bound;
    Above below{n, 0}, over = above(keys, n, high_bound);
    while (high - low > 1 && below.count - over.count > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const Above here = above(keys, n, static_cast<std::int32_t>(middle));
        (here.mass >= kSupportShare ? below : over) = here;
        (here.mass >= kSupportShare ? low : high) = middle;
    }
    if (below.count - over.count <= 1) return below.count;
    // All that remain are equal to `high`.
    const double each = static_cast<double>(value_of(static_cast<std::int32_t>(high)));
    const double missing = each > 0 ? std::ceil((kSupportShare - over.mass) / each) : 0;
    const double most = static_cast<double>(below.count - over.count);
    return over.count + static_cast<std::int64_t>(missing < 1 ? 1 : missing > most ? most : missing);
}

// The m largest of n keys, to `out`.
GATESCOPE_INLINE TopCut take_largest(const std::int32_t* keys, std::int64_t n, std::int64_t m, std::int32_t floor,
                                     std::int32_t* out) {
    const TopCut cut = find_top_cut(keys, n, m, floor);
    std::int64_t taken = 0;
    for (std::int64_t j = 0; j < n; ++j) {
        out[taken] = keys[j];
        taken += keys[j] > cut.above ? 1 : 0;
    }
    for (; taken < m; ++taken) out[taken] = cut.above;
    return cut;
}

// Up to 32 keys in descending order: a key's place is the number of keys before it.
GATESCOPE_INLINE void put_in_order(const std::int32_t* keys, std::int64_t n, std::array<float, kFew>& ordered) {
    std::array<std::int32_t, kFew> padded, place{};
    for (std::int64_t j = 0; j < kFew; ++j) padded[static_cast<std::size_t>(j)] = j < n ? keys[j] : kNothing;
    for (std::int32_t other = 0; other < kFew; ++other) {
        const std::int32_t value = padded[static_cast<std::size_t>(other)];
#pragma omp simd
        for (std::int32_t j = 0; j < kFew; ++j) {
            const auto at = static_cast<std::size_t>(j);
            place[at] += value > padded[at] || (value == padded[at] && other < j) ? 1 : 0;
        }
    }
    for (std::size_t j = 0; j < kFew; ++j)
        ordered[static_cast<std::size_t>(place[j])] = padded[j] == kNothing ? 0.0f : value_of(padded[j]);
}

// Mass of the k largest for every k, and the support, from n keys whose total mass is known.
class Levels {
  public:
    GATESCOPE_INLINE Levels(std::span<const std::int32_t> k, double* mass) : k_(k), mass_(mass), next_(k.size()) {}

    GATESCOPE_INLINE double run(std::int32_t* here, std::int32_t* there, std::int64_t n, double total) {
        while (next_ > 0 && k_[next_ - 1] >= n) mass_[--next_] = total;
        std::int64_t size = n;
        std::int32_t floor = kNothing;
        double support = 0, mass = total;
        while (next_ > 0 && size > kFew) {
            const std::int64_t m = k_[next_ - 1];
            const TopCut cut = take_largest(here, size, m, floor, there);
            const double less = mass_of(there, m);
            mass_[--next_] = less;
            if (support == 0 && less < kSupportShare)
                support = static_cast<double>(mass < kSupportShare ? n : support_between(here, size, cut.above));
            floor = cut.above - 1;
            size = m;
            mass = less;
            std::swap(here, there);
        }
        return few(here, size, support);
    }

  private:
    GATESCOPE_INLINE double few(const std::int32_t* keys, std::int64_t size, double support) {
        std::array<float, kFew> ordered{};
        put_in_order(keys, size, ordered);
        std::size_t index = 0;
        double mass = 0, found = support;
        for (std::int64_t taken = 1; taken <= size; ++taken) {
            mass += static_cast<double>(ordered[static_cast<std::size_t>(taken - 1)]);
            if (found == 0 && mass >= kSupportShare) found = static_cast<double>(taken);
            if (index < next_ && k_[index] == taken) mass_[index++] = mass;
        }
        return found == 0 ? static_cast<double>(size) : found;
    }

    std::span<const std::int32_t> k_;
    double* mass_;
    std::size_t next_;
};

GATESCOPE_INLINE void one_row(const AttentionRow& row, std::span<const std::int32_t> k, RowScratch scratch,
                              double* columns) {
    const float* pattern = row.pattern + row.first;
    const std::int64_t n = row.end - row.first;
    const PlainSums sums = plain_sums(pattern, row.scores + row.first, n, row.query - row.first, scratch.here);
    // -sum p ln p, with ln p = s - s_max + ln p_max.
    const double entropy = sums.gap - sums.mass * std::log(static_cast<double>(value_of(sums.largest)));
    double* mass = columns + kFirstMass;
    columns[kEntropy] = entropy;
    columns[kEffectiveSupport] = std::exp(entropy);
    columns[kSupport90] = Levels(k, mass).run(scratch.here, scratch.there, n, sums.mass);
    columns[kSelfMass] = static_cast<double>(row.pattern[row.query]);
    columns[kMeanDistance] = sums.distance;
    columns[kSinkMass] = row.query >= 1 ? static_cast<double>(row.pattern[0]) : 0;
    columns[kPreviousMass] = row.query >= 1 ? static_cast<double>(row.pattern[row.query - 1]) : 0;
    double* full = mass + k.size();
    for (std::size_t index = 0; index < k.size(); ++index) full[index] = n > k[index] ? mass[index] : 0;
}

}  // namespace

GATESCOPE_CPU_CLONES void concentration_rows(std::span<const AttentionRow> rows, std::span<const std::int32_t> k,
                                             RowScratch scratch, double* columns) {
    const std::size_t width = static_cast<std::size_t>(kFirstMass) + 2 * k.size();
    for (std::size_t index = 0; index < rows.size(); ++index) one_row(rows[index], k, scratch, columns + index * width);
}

std::vector<std::int32_t> concentration_k(std::int64_t length) {
    std::vector<std::int32_t> k;
    for (std::int64_t power = 1; power < length; power *= 2) k.push_back(static_cast<std::int32_t>(power));
    k.push_back(static_cast<std::int32_t>(length));
    return k;
}

}  // namespace gatescope
