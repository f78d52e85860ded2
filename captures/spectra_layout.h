#pragma once
// Names in /spectra, for its writer and its reader. Promised to other programs as those of schema.h.

namespace gatescope::spectra_layout {

inline constexpr const char* kComponent = "component";           // of singular values
inline constexpr const char* kPartComponent = "part_component";  // of a skew, symmetric or centred part
inline constexpr const char* kBound = "bound";                   // of random kernels: smallest, mean, largest
inline constexpr int kBounds = 3;
inline constexpr const char* kSingularValues = "singular_values";
inline constexpr const char* kValues = "values";
inline constexpr const char* kSkew = "skew";
inline constexpr const char* kSymmetric = "symmetric";
inline constexpr const char* kCentred = "centred";
inline constexpr const char* kRanks[] = {"rank_50",    "rank_90", "rank_99", "effective_rank", "participation_ratio",
                                         "stable_rank"};
inline constexpr const char* kKernelFigures[] = {"skew_fraction", "positivity", "directionality"};

}  // namespace gatescope::spectra_layout
