#pragma once
// What every capture says of itself: attributes of the root group.

#include <cstdint>
#include <string>

#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

struct RootAttributes {
    std::string created, command, device, dtype;
    std::int64_t seed = 0;
    std::int64_t windows = 0, windows_done = 0, window_length = 0;  // 0 where no text was run
    bool complete = false;
};

// An empty `created` is now.
void write_root(h5::Writer& out, const RootAttributes& root);
// Checks format and version first. Throws Failure(kBadFile, kUnsupported) naming the attribute.
RootAttributes read_root(const h5::Reader& in);

}  // namespace gatescope
