#pragma once
// The ranks of a list of values, DEFINITIONS.md section 6. No torch.

#include <span>
#include <string>

namespace gatescope {

struct SpectrumRanks {
    double rank_50 = 0, rank_90 = 0, rank_99 = 0;
    double effective_rank = 0, participation_ratio = 0, stable_rank = 0;
};

// Of the values' magnitudes, in any order. Where all are zero, rank_50 to rank_99 are 0 and the others NaN.
SpectrumRanks ranks_of(std::span<const double> values);

// By the id that rank_infos() lists ("rank_90").
double rank_of(const SpectrumRanks& ranks, const std::string& id);

}  // namespace gatescope
