#include "analysis/spectra/spectrum_ranks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "analysis/spectra/spectra_metrics.h"

namespace gatescope {
namespace {

SpectrumRanks ranks(const std::vector<double>& values) {
    return ranks_of(values);
}

TEST(SpectrumRanks, OfEqualValuesAreTheirNumber) {
    const SpectrumRanks got = ranks(std::vector<double>(10, 0.3));
    EXPECT_EQ(got.rank_50, 5);
    EXPECT_EQ(got.rank_90, 9);
    EXPECT_EQ(got.rank_99, 10);
    EXPECT_NEAR(got.effective_rank, 10, 1e-12);
    EXPECT_NEAR(got.participation_ratio, 10, 1e-12);
    EXPECT_NEAR(got.stable_rank, 10, 1e-12);
}

TEST(SpectrumRanks, AreOfMagnitudesInAnyOrderAndOfAnyScale) {
    const SpectrumRanks got = ranks({0.0, 1e-30, -3e-30, 2e-30}), same = ranks({3, 2, 1});
    for (const RankInfo& rank : rank_infos())
        EXPECT_NEAR(rank_of(got, rank.id), rank_of(same, rank.id), 1e-12) << rank.id;
    EXPECT_EQ(same.rank_50, 1);  // 9 of 14
    EXPECT_EQ(same.rank_90, 2);  // 13 of 14
    EXPECT_EQ(same.rank_99, 3);
    const double half = std::log(2) / 2, third = std::log(3) / 3, sixth = std::log(6) / 6;
    EXPECT_NEAR(same.effective_rank, std::exp(half + third + sixth), 1e-12);
    EXPECT_NEAR(same.participation_ratio, 196.0 / 98.0, 1e-12);
    EXPECT_NEAR(same.stable_rank, 14.0 / 9.0, 1e-12);
}

TEST(SpectrumRanks, OfOneValueAreOne) {
    for (const RankInfo& rank : rank_infos()) EXPECT_NEAR(rank_of(ranks({0, -7, 0}), rank.id), 1, 1e-12) << rank.id;
}

TEST(SpectrumRanks, OfZerosCountNothingAndAreElseMissing) {
    for (const std::vector<double>& none : {std::vector<double>{}, {0.0, 0.0}}) {
        const SpectrumRanks got = ranks(none);
        EXPECT_EQ(got.rank_50 + got.rank_90 + got.rank_99, 0);
        EXPECT_TRUE(std::isnan(got.effective_rank));
        EXPECT_TRUE(std::isnan(got.participation_ratio));
        EXPECT_TRUE(std::isnan(got.stable_rank));
    }
}

}  // namespace
}  // namespace gatescope
