#include "app/window/colour_maps.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gatescope {

const std::vector<ColourMap>& colour_maps() {
    static const std::vector<ColourMap> maps = {
        {"viridis", "viridis", false, {0x440154, 0x481467, 0x482576, 0x463480, 0x414487, 0x3b528b, 0x355f8d,
                                       0x2f6c8e, 0x2a788e, 0x25848e, 0x21918c, 0x1e9c89, 0x22a884, 0x2fb47c,
                                       0x44bf70, 0x5ec962, 0x7ad151, 0x9bd93c, 0xbddf26, 0xdfe318, 0xfde725}},
        {"cividis", "cividis", false, {0x00224e, 0x002b63, 0x08336f, 0x253d6d, 0x35466b, 0x434f6b, 0x4f576c,
                                       0x5a606d, 0x666970, 0x707173, 0x7d7c78, 0x868579, 0x928e77, 0x9f9875,
                                       0xaca272, 0xb9ac6c, 0xc7b765, 0xd4c15b, 0xe3cd4f, 0xf1d93f, 0xfee838}},
        {"magma", "magma", false, {0x000004, 0x07061c, 0x150e38, 0x29115a, 0x3f0f72, 0x56147d, 0x6a1c81,
                                   0x802582, 0x942c80, 0xab337c, 0xc03a76, 0xd6456c, 0xe85362, 0xf4695c,
                                   0xfa815f, 0xfd9b6b, 0xfeb47b, 0xfecd90, 0xfde4a6, 0xfcfdbf}},
        {"diverging",
         "blue – orange",
         true,
         {0x1d4f91, 0x3a78b8, 0x71a5d4, 0xb0cde6, 0xeeeeee, 0xf3ccaa, 0xe9a264, 0xcd7426, 0x8f4707}},
    };
    return maps;
}

const ColourMap& colour_map(const std::string& id) {
    const auto& maps = colour_maps();
    const auto found = std::find_if(maps.begin(), maps.end(), [&](const ColourMap& map) { return map.id == id; });
    return found == maps.end() ? maps.front() : *found;
}

ImU32 colour_at(const ColourMap& map, float position) {
    if (std::isnan(position)) return 0;
    const float place = std::clamp(position, 0.0F, 1.0F) * static_cast<float>(map.control.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(place), map.control.size() - 2);
    const float part = place - static_cast<float>(below);
    const auto channel = [&](unsigned shift) {
        const auto low = static_cast<float>((map.control[below] >> shift) & 255U);
        const auto high = static_cast<float>((map.control[below + 1] >> shift) & 255U);
        return static_cast<ImU32>(std::lround(low + (high - low) * part));
    };
    return IM_COL32(channel(16), channel(8), channel(0), 255);
}

float ProbabilityScale::position(float probability) const {
    if (!logarithmic) return std::clamp(probability, 0.0F, 1.0F);
    if (!(probability > least)) return std::isnan(probability) ? probability : 0.0F;
    return std::min(1.0F, 1.0F - std::log(probability) / std::log(least));
}

float ProbabilityScale::value(float position) const {
    return logarithmic ? std::pow(least, 1.0F - position) : position;
}

ProbabilityColours::ProbabilityColours(const ColourMap& map, const ProbabilityScale& scale) : table_(1U << 16U) {
    for (std::uint32_t high = 0; high < table_.size(); ++high) {
        // The middle of the floats that share these bits.
        const auto probability = std::bit_cast<float>((high << 16U) | 0x8000U);
        table_[high] = colour_at(map, std::signbit(probability) ? 0.0F : scale.position(probability));
    }
}

ImU32 ProbabilityColours::operator()(float probability) const {
    return table_[std::bit_cast<std::uint32_t>(probability) >> 16U];
}

}  // namespace gatescope
