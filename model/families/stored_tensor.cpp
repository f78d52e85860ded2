#include "model/families/family.h"

namespace gatescope {

std::int64_t stored_row(const StoredTensor& stored, std::int64_t row, std::int64_t n_rows, const ModelConfig& config) {
    const std::int64_t head = row / config.d_head, channel = row % config.d_head, half = config.rope_dims / 2;
    switch (stored.order) {
        case RowOrder::kAsStored:
            return stored.part * n_rows + row;
        case RowOrder::kPartsByHead:
            return (head * stored.parts + stored.part) * config.d_head + channel;
        case RowOrder::kInterleavedPairs:
            if (channel >= config.rope_dims) return row;
            return head * config.d_head + (channel < half ? 2 * channel : 2 * (channel - half) + 1);
    }
    return row;
}

std::vector<std::int64_t> stored_shape(const StoredTensor& stored, const CanonicalTensor& tensor) {
    std::vector<std::int64_t> out = tensor.shape;
    out.front() *= stored.parts;
    if (stored.transposed) out = {out.back(), out.front()};
    return out;
}

}  // namespace gatescope
