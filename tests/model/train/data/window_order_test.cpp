#include "model/train/data/window_order.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/core/error.h"

namespace gatescope {
namespace {

TEST(WindowOrder, HasEveryWindowOnceARoundInAnOrderOfTheSeed) {
    const auto rounds = [](std::int64_t seed) {
        WindowOrder order(9, seed);
        std::vector<std::size_t> out;
        for (std::size_t n = 0; n < 18; ++n, order.advance()) out.push_back(order.current());
        return out;
    };
    const std::vector<std::size_t> order = rounds(3);
    EXPECT_EQ(order, rounds(3));
    EXPECT_NE(order, rounds(4));
    for (const std::size_t begin : {0u, 9u}) {
        std::vector<std::size_t> round(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                       order.begin() + static_cast<std::ptrdiff_t>(begin + 9));
        std::sort(round.begin(), round.end());
        for (std::size_t n = 0; n < 9; ++n) EXPECT_EQ(round[n], n);
    }
    EXPECT_FALSE(std::equal(order.begin(), order.begin() + 9, order.begin() + 9));
}

TEST(WindowOrder, GoesOnFromAStateAsIfItHadNeverStopped) {
    WindowOrder order(7, 5);
    for (int step = 0; step < 40; ++step, order.advance()) {
        WindowOrder again(7, 5, order.state());
        WindowOrder on = order;
        for (int further = 0; further < 20; ++further, again.advance(), on.advance())
            ASSERT_EQ(again.current(), on.current()) << "from step " << step;
        ASSERT_EQ(again.state(), on.state());
    }
}

TEST(WindowOrder, RefusesAPlaceThatIsNone) {
    EXPECT_THROW(WindowOrder(7, 5, {.round = 1, .place = 7}), Failure);
    EXPECT_THROW(WindowOrder(0, 5), Failure);
}

}  // namespace
}  // namespace gatescope
