#pragma once
// Perceptual colour maps from small tables of control colours, read linearly between them: viridis, cividis, magma
// (matplotlib's), and a diverging blue-white-orange for signed values.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "imgui.h"

namespace gatescope {

struct ColourMap {
    std::string id, label;
    bool diverging = false;
    std::vector<std::uint32_t> control;  // 0xRRGGBB, evenly spaced from 0 to 1
};

const std::vector<ColourMap>& colour_maps();
// The map called `id`, the first where there is none (an old settings file).
const ColourMap& colour_map(const std::string& id);

// position in 0..1; NaN is transparent.
ImU32 colour_at(const ColourMap& map, float position);

// How a probability becomes a position in a map.
struct ProbabilityScale {
    bool logarithmic = true;
    float least = 0.001F;  // of the log scale, shown as the lowest colour
    float position(float probability) const;
    // The probability at a position.
    float value(float position) const;
};

// Colours by the 16 highest bits of a positive float: one look-up a cell instead of a logarithm.
class ProbabilityColours {
  public:
    ProbabilityColours(const ColourMap& map, const ProbabilityScale& scale);
    ImU32 operator()(float probability) const;

  private:
    std::vector<ImU32> table_;
};

}  // namespace gatescope
