#include <gtest/gtest.h>

#include <vector>

#include "model/families/family.h"

namespace gatescope {
namespace {

std::vector<std::int64_t> rows(std::int64_t count, std::int64_t d_head, std::int64_t rope_dims) {
    std::vector<std::int64_t> out;
    for (std::int64_t row = 0; row < count; ++row)
        out.push_back(stored_row(RowOrder::kInterleavedPairs, row, d_head, rope_dims));
    return out;
}

TEST(RowOrder, TakesPairsApartIntoHalvesHeadByHead) {
    EXPECT_EQ(rows(12, 6, 6), (std::vector<std::int64_t>{0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11}));
}

TEST(RowOrder, LeavesChannelsThatDoNotRotate) {
    EXPECT_EQ(rows(6, 6, 4), (std::vector<std::int64_t>{0, 2, 1, 3, 4, 5}));
}

TEST(RowOrder, KeepsStoredRowsWhereNothingIsPermuted) {
    EXPECT_EQ(stored_row(RowOrder::kAsStored, 7, 6, 6), 7);
}

}  // namespace
}  // namespace gatescope
