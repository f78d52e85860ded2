#pragma once
// Bytes for people, the same everywhere. No torch.

#include <cstdint>
#include <string>

namespace gatescope {

// "93.1 MB", in powers of 1000; "812 bytes" below one kB.
std::string size_text(std::uint64_t bytes);

}  // namespace gatescope
