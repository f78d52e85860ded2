#pragma once
// Figures by (layer, head) of those analysed: rows and columns are the analysed layers and heads. No torch.

#include <cstdint>
#include <span>
#include <vector>

namespace gatescope {

struct HeadGrid {
    std::int64_t n_layers = 0, n_heads = 0;
    std::vector<float> values;  // [layer, head]
    float at(std::int64_t layer_row, std::int64_t head_column) const {
        return values[static_cast<std::size_t>(layer_row * n_heads + head_column)];
    }
};

// As many values for every head.
struct HeadValues {
    std::int64_t n_layers = 0, n_heads = 0, n_values = 0;
    std::vector<float> values;  // [layer, head, value]
    std::span<const float> at(std::int64_t layer_row, std::int64_t head_column) const {
        const auto first = static_cast<std::size_t>((layer_row * n_heads + head_column) * n_values);
        return std::span(values).subspan(first, static_cast<std::size_t>(n_values));
    }
};

}  // namespace gatescope
