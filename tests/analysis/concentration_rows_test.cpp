// The kernel that never sorts, against a full sort.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "analysis/concentration_columns.h"
#include "analysis/concentration_row.h"

namespace gatescope {
namespace {

struct Figures {
    std::vector<double> mass;
    double support = 0, entropy = 0;
};

// By the definition, in float64.
Figures by_sorting(std::vector<float> pattern, const std::vector<std::int32_t>& k) {
    Figures out;
    std::sort(pattern.begin(), pattern.end(), std::greater<>());
    double mass = 0;
    std::vector<double> cumulative;
    for (const float p : pattern) {
        cumulative.push_back(mass += static_cast<double>(p));
        if (p > 0) out.entropy -= static_cast<double>(p) * std::log(static_cast<double>(p));
    }
    for (const std::int32_t at : k)
        out.mass.push_back(cumulative[std::min(static_cast<std::size_t>(at), cumulative.size()) - 1]);
    const auto reached = std::lower_bound(cumulative.begin(), cumulative.end(), 0.9);
    out.support =
        static_cast<double>(std::min(reached - cumulative.begin() + 1, static_cast<std::ptrdiff_t>(cumulative.size())));
    return out;
}

std::vector<double> by_kernel(const std::vector<float>& pattern, const std::vector<float>& scores,
                              const std::vector<std::int32_t>& k) {
    std::vector<std::int32_t> here(pattern.size() + 1), there(pattern.size() + 1);
    std::vector<double> columns(static_cast<std::size_t>(column_count(k)));
    const auto n = static_cast<std::int64_t>(pattern.size());
    const AttentionRow row{pattern.data(), scores.data(), 0, n, n - 1};
    concentration_rows({&row, 1}, k, {here.data(), there.data()}, columns.data());
    return columns;
}

struct Row {
    std::vector<float> pattern, scores;
};

Row softmax_row(const std::vector<double>& scores) {
    Row row;
    double total = 0;
    const double top = *std::max_element(scores.begin(), scores.end());
    for (const double s : scores) total += std::exp(s - top);
    for (const double s : scores) {
        row.scores.push_back(static_cast<float>(s));
        row.pattern.push_back(static_cast<float>(std::exp(s - top) / total));
    }
    return row;
}

void expect_equal(const Row& row, const std::string& what) {
    SCOPED_TRACE(what);
    const std::vector<std::int32_t> k = concentration_k(static_cast<std::int64_t>(row.pattern.size()) + 3);
    const Figures want = by_sorting(row.pattern, k);
    const std::vector<double> got = by_kernel(row.pattern, row.scores, k);
    for (std::size_t index = 0; index < k.size(); ++index)
        EXPECT_NEAR(got[kFirstMass + index], want.mass[index], 2e-6) << "k " << k[index];
    EXPECT_NEAR(got[kSupport90], want.support, 0.5);
    EXPECT_NEAR(got[kEntropy], want.entropy, 1e-5 + 1e-5 * want.entropy);
}

TEST(ConcentrationRows, AgreeWithASortOnRandomRowsOfEverySize) {
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    for (const std::size_t n : {1u, 2u, 3u, 15u, 31u, 32u, 33u, 63u, 64u, 65u, 100u, 257u, 1024u, 1500u, 4099u}) {
        for (const double spread : {0.0, 0.1, 1.0, 4.0, 20.0, 80.0}) {
            std::vector<double> scores(n);
            for (double& s : scores) s = spread * normal(random);
            expect_equal(softmax_row(scores), std::to_string(n) + " keys, spread " + std::to_string(spread));
        }
    }
}

TEST(ConcentrationRows, TakeTiesOneByOne) {
    // Three levels of equal scores: every cut falls inside a tie.
    std::vector<double> scores;
    for (int key = 0; key < 300; ++key) scores.push_back(key % 3);
    expect_equal(softmax_row(scores), "three levels");
    expect_equal(softmax_row(std::vector<double>(1000, 0.25)), "all equal");
}

TEST(ConcentrationRows, BearZeroesAndDenormals) {
    std::vector<double> scores(200, -1000.0);
    scores[7] = 3;
    expect_equal(softmax_row(scores), "one key, zeroes");
    for (std::size_t key = 0; key < 100; ++key) scores[key] = key == 7 ? 3.0 : -95.0 - 0.1 * static_cast<double>(key);
    expect_equal(softmax_row(scores), "denormals");
}

TEST(ConcentrationRows, ScoresFarFromZeroDoNotBlurTheEntropy) {
    std::vector<double> scores;
    for (int key = 0; key < 64; ++key) scores.push_back(10000.0 + 0.5 * (key % 7));
    expect_equal(softmax_row(scores), "scores near 10000");
}

TEST(ConcentrationRows, KIsThePowersOfTwoAndTheLength) {
    EXPECT_EQ(concentration_k(1), (std::vector<std::int32_t>{1}));
    EXPECT_EQ(concentration_k(8), (std::vector<std::int32_t>{1, 2, 4, 8}));
    EXPECT_EQ(concentration_k(11), (std::vector<std::int32_t>{1, 2, 4, 8, 11}));
}

}  // namespace
}  // namespace gatescope
