#pragma once
// Names of the capture format (SCHEMA.md). What is written here is promised to other programs: change it with the
// version.

namespace gatescope::schema {

inline constexpr const char* kFormat = "gatescope-capture";
inline constexpr const char* kVersion = "1.0";
inline constexpr int kMajorVersion = 1;  // a reader takes every 1.x

// Dimension scales of the root group.
inline constexpr const char* kLayer = "layer";
inline constexpr const char* kHead = "head";
inline constexpr const char* kWindow = "window";
inline constexpr const char* kToken = "token";

inline constexpr const char* kExperiment = "/experiment";

// Figures that every /concentration has; the two scores of the induction pass come only with induction_ids.
inline constexpr const char* kConcentrationFigures[] = {"entropy",   "effective_support", "support_90",   "sink_mass",
                                                        "self_mass", "previous_mass",     "mean_distance"};
inline constexpr const char* kInductionFigures[] = {"induction_score", "duplicate_score"};
inline constexpr const char* kAgreementFigures[] = {"precision", "recall", "f1", "captured_mass"};

}  // namespace gatescope::schema
