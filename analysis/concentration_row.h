#pragma once
// One query's figures from its row of the pattern, without a sort. No torch.

#include <cstdint>
#include <span>

namespace gatescope {

// The keys [first, end) of a row that starts at key 0; the query is among them.
struct AttentionRow {
    const float* pattern;
    const float* scores;
    std::int64_t first, end, query;
};

// Room for two rows.
struct RowScratch {
    std::int32_t* here;
    std::int32_t* there;
};

// Fills the columns of concentration_columns.h for rows rows[0..n).
void concentration_rows(std::span<const AttentionRow> rows, std::span<const std::int32_t> k, RowScratch scratch,
                        double* columns);

}  // namespace gatescope
