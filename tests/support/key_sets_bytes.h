#pragma once
// Sets of keys as an .npy, for tests: honest ones, and ones with a fault.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/byte_writer.h"

namespace gatescope {

// [window, layer, head, query, slot].
struct KeySetsShape {
    std::int64_t windows = 1, layers = 2, heads = 4, queries = 40, slots = 5;
};

template <typename Number>
std::string npy_of(const std::string& type, const std::string& shape, const std::vector<Number>& values) {
    std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize(117, ' ');
    ByteWriter out;
    out.raw(std::string_view("\x93NUMPY\x01\x00\x76\x00", 10)).raw(header + "\n");
    for (const Number value : values) out.put(value);
    return out.bytes();
}

// int32; `key` says what stands in a slot of a query.
inline std::string key_sets_npy(const KeySetsShape& shape,
                                const std::function<std::int64_t(std::int64_t query, std::int64_t slot)>& key) {
    std::vector<std::int32_t> values;
    for (std::int64_t n = 0; n < shape.windows * shape.layers * shape.heads; ++n)
        for (std::int64_t query = 0; query < shape.queries; ++query)
            for (std::int64_t slot = 0; slot < shape.slots; ++slot)
                values.push_back(static_cast<std::int32_t>(key(query, slot)));
    const auto text = [](std::int64_t size) { return std::to_string(size) + ", "; };
    return npy_of("<i4",
                  "(" + text(shape.windows) + text(shape.layers) + text(shape.heads) + text(shape.queries) +
                      text(shape.slots) + ")",
                  values);
}

// The last keys, as many as there are slots.
inline std::string last_keys_npy(const KeySetsShape& shape) {
    return key_sets_npy(shape, [](std::int64_t query, std::int64_t slot) { return slot > query ? -1 : query - slot; });
}

}  // namespace gatescope
