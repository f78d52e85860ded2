#pragma once
// The most that a size in a checkpoint's metadata may say, far beyond any model there is: the bytes of all weights then
// stay within 64 bits.

#include <cstdint>

namespace gatescope {

inline constexpr std::int64_t kMostLayers = std::int64_t{1} << 14;
inline constexpr std::int64_t kMostProjection = std::int64_t{1} << 22;  // heads times channels of a head
inline constexpr std::int64_t kMostWidth = std::int64_t{1} << 20;
inline constexpr std::int64_t kMostVocab = std::int64_t{1} << 24;
inline constexpr std::int64_t kMostPositions = std::int64_t{1} << 40;  // rotated ones, which take no tensor
inline constexpr std::int64_t kMostLearnedPositions = std::int64_t{1} << 24;
inline constexpr double kMostBase = 1e15;  // of RoPE
inline constexpr double kMostFactor = 1e9;

}  // namespace gatescope
