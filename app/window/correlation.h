#pragma once
// How two figures go together over heads.

#include <span>

namespace gatescope {

// Pearson's of x and y, as long as each other. NaN for fewer than three, or where one of them is the same throughout.
double pearson(std::span<const double> x, std::span<const double> y);
// Spearman's: Pearson's of the ranks; equal values share the mean of theirs.
double spearman(std::span<const double> x, std::span<const double> y);

}  // namespace gatescope
