#include <gtest/gtest.h>

#include <vector>

#include "model/families/family.h"

namespace gatescope {
namespace {

const StoredTensor kPairs{.name = "q", .order = RowOrder::kInterleavedPairs};

std::vector<std::int64_t> rows(const StoredTensor& stored, std::int64_t count, std::int64_t d_head,
                               std::int64_t rope_dims) {
    std::vector<std::int64_t> out;
    ModelConfig config;
    config.d_head = d_head;
    config.rope_dims = rope_dims;
    for (std::int64_t row = 0; row < count; ++row) out.push_back(stored_row(stored, row, count, config));
    return out;
}

TEST(RowOrder, TakesPairsApartIntoHalvesHeadByHead) {
    EXPECT_EQ(rows(kPairs, 12, 6, 6), (std::vector<std::int64_t>{0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11}));
}

TEST(RowOrder, LeavesChannelsThatDoNotRotate) {
    EXPECT_EQ(rows(kPairs, 6, 6, 4), (std::vector<std::int64_t>{0, 2, 1, 3, 4, 5}));
}

TEST(RowOrder, KeepsStoredRowsWhereNothingIsPermuted) {
    EXPECT_EQ(rows({.name = "q"}, 4, 2, 2), (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST(RowOrder, TakesAStackedPartFromItsOwnRows) {
    EXPECT_EQ(rows({.name = "c_attn", .part = 2, .parts = 3}, 4, 2, 2), (std::vector<std::int64_t>{8, 9, 10, 11}));
}

TEST(RowOrder, FindsPartsThatLieHeadByHead) {
    const StoredTensor keys{.name = "query_key_value", .order = RowOrder::kPartsByHead, .part = 1, .parts = 3};
    EXPECT_EQ(rows(keys, 4, 2, 2), (std::vector<std::int64_t>{2, 3, 8, 9}));
}

}  // namespace
}  // namespace gatescope
