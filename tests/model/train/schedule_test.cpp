#include "model/train/schedule.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TEST(Schedule, RisesToTheWholeRateAndFallsToATenth) {
    EXPECT_NEAR(scheduled_share(0, 300), 0.1, 1e-9);
    EXPECT_NEAR(scheduled_share(9, 300), 1.0, 1e-9);
    EXPECT_NEAR(scheduled_share(299, 300), 0.1, 0.01);
    for (std::int64_t step = 11; step < 300; ++step)
        EXPECT_LT(scheduled_share(step, 300), scheduled_share(step - 1, 300));
    EXPECT_NEAR(scheduled_share(0, 1), 1.0, 1e-9);
}

TEST(Schedule, RisesOverTheWarmUpAndFallsToTheFinalShare) {
    EXPECT_NEAR(learning_share(0, 1000, 100, 0.2), 0.01, 1e-12);
    EXPECT_NEAR(learning_share(99, 1000, 100, 0.2), 1.0, 1e-12);
    EXPECT_NEAR(learning_share(100, 1000, 100, 0.2), 1.0, 1e-12);
    EXPECT_NEAR(learning_share(550, 1000, 100, 0.2), 0.6, 1e-12);
    EXPECT_NEAR(learning_share(1000, 1000, 100, 0.2), 0.2, 1e-12);
}

TEST(Schedule, BeginsWholeWithoutWarmUpAndStaysAtTheLeastBeyondTheEnd) {
    EXPECT_NEAR(learning_share(0, 10, 0, 0.1), 1.0, 1e-12);
    EXPECT_NEAR(learning_share(25, 10, 0, 0.1), 0.1, 1e-12);
    EXPECT_NEAR(learning_share(3, 4, 8, 0.1), 0.5, 1e-12);
}

}  // namespace
}  // namespace gatescope
